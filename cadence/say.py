"""``cadence say``: a command from the terminal to the Cadence that is up, and what comes of it."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from rich.console import Console
from rich.markup import escape

from cadence.running import check, running_cadence
from core.model.errors import ProviderError, Refusal

_AUDIO: Final = {".ogg", ".oga", ".opus", ".mp3", ".m4a", ".mp4", ".wav", ".webm", ".flac", ".amr"}
_LARGEST: Final = 25 << 20
_LOOK_EVERY: Final = 0.3
_PATIENCE: Final = 30.0
_OVER: Final = {"completed", "failed", "cancelled"}


async def run_say(what: str, console: Console) -> None:
    """Send a file or a text, and follow the agent that comes of it. Ctrl-C ends the watching, not the agent."""
    spoken = _spoken(Path(what)) if _is_file(what) else None
    async with running_cadence() as http:
        headers = {"Idempotency-Key": str(uuid4())}
        if spoken is None:
            answer = await http.post("/api/commands?wait=0", headers=headers, json={"text": what})
        else:
            answer = await http.post("/api/commands?wait=0", headers=headers, files={"audio": spoken})
        check(answer)
        await _follow(http, answer.json()["url"], console)


def _is_file(what: str) -> bool:
    if not what.strip():
        raise Refusal("There is nothing to send. Name a recording, or write what you want in quotes.")
    path = Path(what)
    try:
        if path.exists():
            return True
    except OSError:  # A sentence can be too long for a file name.
        return False
    if path.suffix.lower() in _AUDIO or (os.sep in what and " " not in what):
        raise Refusal(f"There is no file {what}.")
    return False


def _spoken(path: Path) -> tuple[str, bytes]:
    if not path.is_file():
        raise Refusal(f"{path} is not a file.")
    if not path.stat().st_size:
        raise Refusal(f"{path} is empty.")
    if path.stat().st_size > _LARGEST:
        raise Refusal(f"{path} is over 25 megabytes. Record a shorter command.")
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None


async def _follow(http: httpx.AsyncClient, url: str, console: Console) -> None:
    shown: dict[int, int] = {}
    while True:
        command = await _look(http, url)
        for reply in command["replies"]:
            if shown.get(reply["id"]) != reply["version"]:
                _show(reply, console, again=reply["id"] in shown)
                shown[reply["id"]] = reply["version"]
        agent = command["agent"]
        # The reply that ends an agent is promised in the same transaction as its last status.
        if shown and (agent is None or agent["status"] in _OVER):
            return
        await asyncio.sleep(_LOOK_EVERY)


async def _look(http: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """How the command stands. Cadence starts again what dies, within seconds, and the command is not lost by then."""
    began = time.monotonic()
    while True:
        try:
            answer = await http.get(url)
            check(answer)
            return answer.json()
        except (ProviderError, httpx.TransportError):
            if time.monotonic() - began > _PATIENCE:
                raise
            await asyncio.sleep(_LOOK_EVERY)


def _show(reply: dict[str, Any], console: Console, *, again: bool) -> None:
    if reply["heard"] and not again:
        console.print(f"[italic]I heard: “{escape(reply['heard'])}”[/]", soft_wrap=True, highlight=False)
    steps = (reply["detail"] or "").splitlines()
    if again and steps:
        console.print(f"  [dim]{escape(steps[-1])}[/]", highlight=False)
        return
    console.print(f"[bold]{escape(reply['text'])}[/]", soft_wrap=True, highlight=False)
    for line in steps:
        console.print(f"  {escape(line)}", soft_wrap=True, highlight=False)
    for each in reply["links"]:
        console.print(f"  {escape(each['label'])}: {escape(each['url'])}", soft_wrap=True, highlight=False)
