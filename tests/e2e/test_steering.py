"""Agents that wait, go on and are told more, through the whole system and the real Claude CLI."""

import asyncio
import os
import signal
from collections.abc import Sequence
from typing import Any

import pytest

from cadence.demo.script import ToolOutcome, Turn
from cadence.forge.git import run_git
from cadence.forge.shelf import Shelf
from tests.e2e.running import Installation, children, processes_naming, up
from tests.plays import QUESTION, asks_first, edits_then_works_on, runs, writes

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

TASK = "start an agent on wallet frontend to write a note"
AT_ONCE = "0.001"


async def files_of(installation: Installation, agent: dict[str, Any]) -> set[str]:
    """What the agent's branch changes."""
    bare = Shelf(installation.home.forge).place("local", "wallet-frontend")
    changed = await run_git(bare, "diff", "--name-only", f"main...cadence/{agent['id']}")
    return set(changed.decode().split())


async def test_a_paused_agent_gives_its_machine_back_and_comes_back_with_all_it_had_done(fresh: Installation) -> None:
    fresh.environ["CADENCE_PARK_AFTER_MINUTES"] = AT_ONCE
    two_steps, go_on = asyncio.Event(), asyncio.Event()

    def play(task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
        if len(outcomes) == 2 and not go_on.is_set():
            two_steps.set()
            fresh.model.open.clear()
        return edits_then_works_on(task, outcomes)

    fresh.model.play = play
    async with up(fresh):
        agent = await fresh.command(TASK)
        await asyncio.wait_for(two_steps.wait(), 30)
        await fresh.handset.send_text(f"pause {agent['name']}")
        await fresh.handset.next_message(lambda shown: "Pausing" in shown.text)
        go_on.set()
        fresh.model.open.set()
        parked = await fresh.handset.next_message(lambda shown: "given its machine back" in shown.text)
        boxes = processes_naming(agent["id"])
        press = await fresh.handset.press(parked.message_id, "Resume")
        await fresh.handset.is_answered(press)
        back = await fresh.handset.next_message(lambda shown: "goes on where it left off" in shown.text)
        await fresh.until_done(agent)

        assert "Its work and its memory are saved." in parked.text
        assert boxes == []
        assert "two changed files are back as it left them" in back.text
        assert await fresh.pulls_of(agent) == 1
        assert await files_of(fresh, agent) == {"NOTE.md", "README.md"}


async def test_a_question_that_waits_is_repeated_once_and_its_late_answer_counts(fresh: Installation) -> None:
    fresh.environ["CADENCE_PARK_AFTER_MINUTES"] = AT_ONCE
    fresh.model.play = asks_first
    async with up(fresh):
        agent = await fresh.command(TASK)
        await fresh.handset.next_message(lambda shown: f"asks: {QUESTION}" in shown.text)
        again = await fresh.handset.next_message(lambda shown: "still waits for your answer" in shown.text)
        await fresh.handset.send_text("Spaces")
        await fresh.handset.next_message(lambda shown: "Thanks" in shown.text)
        await fresh.until_done(agent)

        assert [button.label for button in again.buttons] == ["Tabs", "Spaces"]
        assert await files_of(fresh, agent) == {"ANSWER.md"}


async def test_what_is_said_to_an_agent_that_is_done_goes_into_the_same_pull_request(fresh: Installation) -> None:
    fresh.model.play = writes("FIRST.md")
    async with up(fresh):
        agent = await fresh.command(TASK)
        await fresh.until_done(agent)
        fresh.model.play = writes("SECOND.md")
        await fresh.handset.send_text(f"tell {agent['name']} to write a second note, too")
        taken = await fresh.handset.next_message(lambda shown: "goes back to work" in shown.text)
        await fresh.until_done(agent)

        assert agent["name"] in taken.text
        assert len(await fresh.pulls()) == 1
        assert await files_of(fresh, agent) == {"FIRST.md", "SECOND.md"}


async def test_an_agent_that_has_failed_goes_on_when_it_is_told_to(fresh: Installation) -> None:
    fresh.model.play = runs("echo one > NOTE.md", "kill -9 -1")
    async with up(fresh):
        agent = await fresh.command(TASK)
        failed = await fresh.handset.next_message(lambda shown: "failed" in shown.text)
        fresh.model.play = runs("echo one > NOTE.md", "true", "echo two > MORE.md")
        await fresh.handset.send_text(f"tell {agent['name']} to go on")
        await fresh.until_done(agent)

        assert "What it had done is kept" in failed.text
        assert len(await fresh.pulls()) == 1
        assert await files_of(fresh, agent) == {"NOTE.md", "MORE.md"}


async def test_an_agent_whose_machine_is_killed_while_it_is_parked_comes_back(fresh: Installation) -> None:
    fresh.environ["CADENCE_PARK_AFTER_MINUTES"] = AT_ONCE
    fresh.model.play = asks_first
    async with up(fresh) as process:
        agent = await fresh.command(TASK)
        await fresh.handset.next_message(lambda shown: "still waits for your answer" in shown.text)
        for victim in ("daemon", "worker", "serve"):
            os.kill(children(process.pid)[victim], signal.SIGKILL)
        await fresh.handset.send_text("Spaces")
        # Whether the reminder was noted as sent before the kill is left to chance; if not, its lease runs out first.
        await fresh.handset.next_message(lambda shown: "Thanks" in shown.text, timeout=60)
        await fresh.until_done(agent)

        assert len(await fresh.agents()) == 1
        assert await files_of(fresh, agent) == {"ANSWER.md"}
