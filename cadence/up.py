"""``cadence up``: the whole system on this computer, until Ctrl-C."""

import time
from collections.abc import Mapping
from urllib.parse import quote

from rich.console import Console
from rich.markup import escape

from cadence.called import own_name
from cadence.connections import describe_connections
from cadence.home import open_home
from cadence.linking import first_code
from cadence.system import System, run_system
from core.model.messages import Channel
from core.sandbox.daemon.self_test import try_isolation


async def run_up(console: Console, environ: Mapping[str, str]) -> None:
    """Start, say what is there, and stay until Ctrl-C. Raises Refusal with what to do."""
    began = time.monotonic()
    home = open_home(environ)
    async with run_system(home, environ) as system:
        _announce(console, system, home.secrets().local_token, time.monotonic() - began)
        await _offer_link(console, system)
        await _warn_without_box(console)
        await system.watch()
    console.print("Everything is stopped.")


async def _offer_link(console: Console, system: System) -> None:
    """Whoever has just connected a bot needs this next."""
    if system.environment.get("TELEGRAM_BOT_TOKEN") and (code := await first_code(Channel.TELEGRAM)):
        console.print(f"\n  Telegram knows nobody yet. Within ten minutes, send your bot  [bold]/link {code}[/]")


async def _warn_without_box(console: Console) -> None:
    """Better said now than by the first agent."""
    report = (await try_isolation(None)).report
    if report.problem is not None:
        console.print(
            f"\n[bold red]No agent can work here:[/] {escape(report.problem)}", soft_wrap=True, highlight=False
        )


def _announce(console: Console, system: System, token: str, seconds: float) -> None:
    console.print(f"[bold]Cadence is up[/] after {seconds:.1f} s. Ctrl-C stops everything.\n")
    console.print(f"  Open  {escape(system.url)}/?token={quote(token)}", soft_wrap=True, highlight=False)
    for line in describe_connections(system.environment):
        console.print(f"  {escape(line)}", soft_wrap=True, highlight=False)
    cadence = escape(own_name())
    command = f'{cadence} say "start an agent on wallet frontend to fix the login redirect bug"'
    console.print(f"\n  Try   {command}", soft_wrap=True, highlight=False)
    console.print(f"        {cadence} doctor says what each channel still needs.", soft_wrap=True, highlight=False)
