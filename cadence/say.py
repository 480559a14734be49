"""``cadence say``: a command from the terminal to the Cadence that is up, and what comes of it."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from rich.console import Console
from rich.markup import escape

from cadence.home import open_home
from core.model.errors import ProviderError, Refusal

_AUDIO: Final = {".ogg", ".oga", ".opus", ".mp3", ".m4a", ".mp4", ".wav", ".webm", ".flac", ".amr"}
_LARGEST: Final = 25 << 20
_LOOK_EVERY: Final = 0.3
_OVER: Final = {"completed", "failed", "cancelled"}


async def run_say(what: str, console: Console) -> None:
    """Send a file or a text, and follow the agent that comes of it. Ctrl-C ends the watching, not the agent."""
    spoken = _spoken(Path(what)) if _is_file(what) else None
    async with _running() as http:
        headers = {"Idempotency-Key": str(uuid4())}
        if spoken is None:
            answer = await http.post("/api/commands", headers=headers, json={"text": what})
        else:
            answer = await http.post("/api/commands", headers=headers, files={"audio": spoken})
        _check(answer)
        await _follow(http, answer.json()["url"], console)


async def run_link(console: Console) -> None:
    """Get a code and say what to do with it."""
    async with _running() as http:
        answer = await http.post("/api/links")
        _check(answer)
    console.print(f"Within ten minutes, send this to the bot:  /link {answer.json()['code']}", highlight=False)


@asynccontextmanager
async def _running() -> AsyncGenerator[httpx.AsyncClient, None]:
    home = open_home(os.environ)
    url = home.running_url()
    if url is None:
        raise Refusal("Cadence is not running. Start it with `make up` (or `cadence up`) and try again.")
    headers = {"Authorization": f"Bearer {home.secrets().local_token}"}
    try:
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False) as http:
            yield http
    except httpx.TransportError:
        raise Refusal(f"Cadence does not answer at {url}. Start it with `make up` and try again.") from None


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


def _check(answer: httpx.Response) -> None:
    if answer.is_server_error:
        raise ProviderError("Cadence had a problem of its own; its logs say which.")
    if answer.is_error:
        raise Refusal(str(answer.json().get("detail", answer.reason_phrase)))


async def _follow(http: httpx.AsyncClient, url: str, console: Console) -> None:
    shown: dict[int, int] = {}
    while True:
        answer = await http.get(url)
        _check(answer)
        command = answer.json()
        for reply in command["replies"]:
            if shown.get(reply["id"]) != reply["version"]:
                _show(reply, console, again=reply["id"] in shown)
                shown[reply["id"]] = reply["version"]
        agent = command["agent"]
        # The reply that ends an agent is promised in the same transaction as its last status.
        if shown and (agent is None or agent["status"] in _OVER):
            return
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
