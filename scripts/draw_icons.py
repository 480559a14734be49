"""Draws the icons under which the app is installed, from its mark, with a Chromium that is on the PATH."""

# ruff: noqa: INP001, T201 (this is a program for a terminal, not a package)

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "api/web/static"
ACCENT, MARK = "#5a3fd6", "#6d5df6"
# Name, size, how much of it the mark takes, and how round its corners are. Phones cut maskable ones as they like.
ICONS = (("192", 192, 0.62, 0.22), ("512", 512, 0.62, 0.22), ("maskable", 512, 0.5, 0.0))


def main() -> None:
    """Write every icon anew."""
    chromium = shutil.which("chromium") or sys.exit("chromium is missing: apt install chromium")
    mark = (STATIC / "mark.svg").read_text().replace(MARK, "#ffffff")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=as_root)
        for name, size, share, corner in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            frame = f"width:{size}px;height:{size}px;border-radius:{size * corner}px;background:{ACCENT}"
            drawn = mark.replace("<svg ", f'<svg width="{size * share}" ')
            page.set_content(
                f'<body style="margin:0"><div style="display:grid;place-items:center;{frame}">{drawn}</div></body>'
            )
            page.screenshot(path=STATIC / f"icons/{name}.png", omit_background=True)
            print(f"{name}.png: {size} pixels")
        browser.close()


if __name__ == "__main__":
    main()
