"""``cadence demo``: a spoken note becomes a pull request, and one can watch how."""

import os
import secrets
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from importlib import resources
from urllib.parse import quote

from rich.console import Console
from rich.markup import escape

from cadence.demo.ending import Ending, show_ending
from cadence.demo.telegram_exchange import TelegramExchange
from cadence.demo.telegram_handset import Handset
from cadence.demo.telegram_server import serve_telegram
from cadence.demo.telegram_shapes import Shown
from cadence.demo.watch import Stopwatch, watch_agent
from cadence.given import nobody_listens
from cadence.home import Home, open_home
from cadence.stand_ins import SAMPLE_REPO
from cadence.system import System, run_system
from core.model.errors import Refusal
from core.store.database import Database, open_database

_NOTE_SECONDS = 4
_HEARD_WITHIN = 60.0
# The demo plays on its own stage: neither a real bot nor a real repository is touched.
_NOT_IN_THE_DEMO = ("TELEGRAM_", "GITHUB_", "CADENCE_TELEGRAM_USERS", "CADENCE_DEFAULT_REPO", "PUBLIC_URL")


async def run_demo(console: Console, *, keep: bool) -> None:
    """Play the bundled note and tell what happens. Raises Refusal with what to do when something is in the way."""
    pressed = time.monotonic()
    note = (resources.files("cadence.demo") / "note.ogg").read_bytes()
    home = open_home(os.environ)
    console.print("[bold]Cadence[/]: a spoken note becomes a pull request.\n")
    with console.status("Starting Postgres, Redis, the API, a worker and a machine for agents …"):
        stage = _stage(home)
        system, handset, database = await stage.__aenter__()
    try:
        console.print(f"[green]✓[/] Everything is up, on this computer ({time.monotonic() - pressed:.1f} s)")
        ending = await _play(console, note, handset, database, pressed)
        await show_ending(console, home, ending)
        if keep or sys.stdin.isatty():
            await _stay(console, system, home.secrets().local_token)
    finally:
        await stage.__aexit__(*sys.exc_info())


async def _play(console: Console, note: bytes, handset: Handset, database: Database, pressed: float) -> Ending:
    watch = Stopwatch(console, time.monotonic())
    await handset.send_voice(note, _NOTE_SECONDS)
    watch.tick("note received", f"a voice note of {len(note) // 1000} kB in Telegram")
    with console.status("Listening …"):
        answer = await _answer(handset)
    watch.tick("heard", _line(answer, "I heard"))
    watch.tick("understood", _line(answer, "starting on"))
    with console.status("Working …"):
        agent = await watch_agent(watch, database)
        final = await handset.next_message(lambda shown: f"{agent.name} is done" in shown.text, timeout=_HEARD_WITHIN)
    watch.tick("reply sent", final.text.partition("\n")[0])
    return Ending(agent, final, watch.marks, time.monotonic() - pressed)


async def _answer(handset: Handset) -> Shown:
    """The first thing the bot says; anything but a new agent ends the demo with its own words."""
    try:
        answer = await handset.next_message(timeout=_HEARD_WITHIN)
    except TimeoutError:
        raise Refusal("Nobody answered the note within a minute; the logs in the state folder say why.") from None
    if "starting on" not in answer.text:
        raise Refusal(f"The note was not taken as a command for {SAMPLE_REPO}. Cadence said: {answer.text}")
    return answer


def _line(shown: Shown, having: str) -> str:
    return next((line for line in shown.text.splitlines() if having in line), shown.text)


@asynccontextmanager
async def _stage(home: Home) -> AsyncGenerator[tuple[System, Handset, Database], None]:
    exchange = TelegramExchange(f"4242:{secrets.token_urlsafe(24)}")
    # A chat of its own each time: message numbers are never used twice in one.
    handset = Handset(exchange, user_id=1 + secrets.randbelow(2**31 - 1))
    async with serve_telegram(exchange) as telegram_url:
        environ = _environ(os.environ) | {
            "TELEGRAM_BOT_TOKEN": exchange.token,
            "TELEGRAM_API_URL": telegram_url,
            "CADENCE_TELEGRAM_USERS": str(handset.person.id),
        }
        async with (
            run_system(home, environ) as system,
            open_database(system.environment["DATABASE_URL"], nobody_listens, connections=2) as database,
        ):
            yield system, handset, database


def _environ(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith(_NOT_IN_THE_DEMO)}


async def _stay(console: Console, system: System, token: str) -> None:
    console.print("\nUntil you press Ctrl-C you can open the pull request, and the page with your agents:")
    console.print(f"  {escape(system.url)}/?token={quote(token)}", soft_wrap=True, highlight=False)
    await system.watch()
    console.print("Stopping everything.")
