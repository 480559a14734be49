"""How the demo ends: the diff, the reply with its links, the timings, and what to do next."""

from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from cadence.called import own_name
from cadence.demo.telegram_shapes import Shown
from cadence.forge.git import run_git
from cadence.forge.shelf import Shelf
from cadence.home import Home
from core.model.agent import Agent

_STAGES: Final = ("heard", "understood", "agent started", "step", "tests", "pushed", "pull request", "reply sent")


@dataclass(frozen=True, slots=True)
class Ending:
    """What the demo came to. ``marks`` are seconds since the note, ``total`` counts from the key press."""

    agent: Agent
    final: Shown
    marks: dict[str, float]
    total: float


async def show_ending(console: Console, home: Home, ending: Ending) -> None:
    """Print it all."""
    diff = await _diff(home, ending.agent)
    console.print("\n[bold]The change[/]")
    console.print(Syntax(diff, "diff", background_color="default", word_wrap=True))
    console.print("[bold]What the person reads in Telegram[/]")
    console.print(Panel(_as_read(ending.final), expand=False))
    console.print(_timings(ending.marks))
    first_step = ending.marks.get("step", ending.marks.get("tests", 0.0))
    console.print(f"\nNote received → agent's first step: [bold]{first_step:.1f} s[/]")
    console.print(f"Key press → pull request open:      [bold]{ending.total:.1f} s[/]")
    console.print("\n[bold]Next[/]: [cyan]make up[/] keeps it running and serves the pull request in a browser;")
    console.print(f"      [cyan]{escape(own_name())} doctor[/] says how to connect Telegram, GitHub and Claude.")


def _as_read(shown: Shown) -> str:
    buttons = "  ".join(f"[reverse] {escape(button.label)} [/]" for button in shown.buttons)
    return f"{escape(shown.text)}\n\n{buttons}".rstrip()


def _timings(marks: dict[str, float]) -> Table:
    table = Table(title="Seconds since the note", title_justify="left", show_edge=False)
    table.add_column("stage")
    table.add_column("at", justify="right")
    table.add_column("took", justify="right")
    before = 0.0
    for stage in _STAGES:
        if stage in marks:
            label = "first step" if stage == "step" else "first tests" if stage == "tests" else stage
            table.add_row(label, f"{marks[stage]:.2f}", f"{marks[stage] - before:.2f}")
            before = marks[stage]
    return table


async def _diff(home: Home, agent: Agent) -> str:
    owner, _, name = agent.repo_name.partition("/")
    diff = await run_git(Shelf(home.forge).place(owner, name), "diff", f"{agent.branch}...{agent.work_branch}")
    return diff.decode(errors="replace").strip()
