"""A real browser with a microphone into which a recording is spoken."""

import os
import wave
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import av
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.e2e.running import Installation

PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1280, "height": 800}
_QUIET: Final = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")
_RATE: Final = 48_000


def spoken(recording: Path, folder: Path) -> Path:
    """A recording as the browser's fake microphone takes it: with a moment of silence before, and much after."""
    resampler = av.AudioResampler("s16", "mono", _RATE)
    with av.open(str(recording)) as source:
        frames = [resampled for frame in source.decode(audio=0) for resampled in resampler.resample(frame)]
    sound = b"".join(frame.to_ndarray().tobytes() for frame in frames)
    path = folder / f"{recording.stem}.wav"
    with wave.open(str(path), "wb") as written:
        written.setparams((1, 2, _RATE, 0, "NONE", ""))
        written.writeframes(bytes(_RATE // 2) + sound + bytes(_RATE * 20))
    return path


@dataclass
class Person:
    """Somebody with a browser. ``complaints`` is what it had to say against the page."""

    browser: Browser
    installation: Installation
    complaints: list[str] = field(default_factory=list[str])

    async def open(self, *, viewport: dict[str, int] = PHONE, theme: str = "light") -> Page:
        """The app, signed in by the link that `cadence up` has printed."""
        context: BrowserContext = await self.browser.new_context(
            viewport={"width": viewport["width"], "height": viewport["height"]},
            color_scheme="dark" if theme == "dark" else "light",
            permissions=["microphone"],
        )
        page = await new_page(context, self.complaints)
        await page.goto(f"{self.installation.url}/?token={self.installation.home.secrets().local_token}")
        await page.get_by_role("navigation").wait_for()
        return page


async def new_page(context: BrowserContext, complaints: list[str]) -> Page:
    """An empty tab. What the browser says against what it shows, and what is asked of elsewhere, is a complaint."""
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else complaints.append(asked.url))
    return page


@asynccontextmanager
async def launched(chromium: Path, *, speaking: Path | None = None) -> AsyncGenerator[Browser, None]:
    """A browser, closed afterwards. It says ``speaking`` into every microphone that it is asked for."""
    voice = [f"--use-file-for-fake-audio-capture={speaking}%noloop"] if speaking else []
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=chromium, args=[*_QUIET, *as_root, *fake, *voice])
        yield browser
        await browser.close()


@asynccontextmanager
async def person_at(
    installation: Installation, chromium: Path, *, speaking: Path | None = None
) -> AsyncGenerator[Person, None]:
    """Somebody at a browser who says ``speaking``."""
    async with launched(chromium, speaking=speaking) as browser:
        yield Person(browser, installation)
