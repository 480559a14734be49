"""Runs that are saved, end, and go on elsewhere: the real Claude CLI, real git, two machines."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from cadence.demo.script import ToolCall, ToolOutcome, Turn
from core.model.agent import Parking
from core.model.command import Wish
from core.model.event import Parked, Restored, StartedOver
from core.sandbox.protocol import Signal, Task, Tell
from tests.conftest import RequireTool
from tests.integration.sandbox_world import PATIENCE, World, daemon, git, world
from tests.plays import QUESTION, asks_first, edits_then_works_on

GO_ON = "You were only paused. Go on."


@pytest.fixture(autouse=True)
def _tools(require_tool: RequireTool, box: None) -> None:  # noqa: ARG001 # pyright: ignore[reportUnusedFunction]
    require_tool("git", "sudo apt install git")


async def signal(here: World, task: Task, wish: Wish) -> None:
    await here.plane.send(Signal(agent_id=task.agent_id, leg=task.leg, wish=wish))


async def parked_after_two_steps(here: World, task: Task) -> None:
    """Pause the run behind its second step, and have it parked."""
    await here.begin(task)
    await here.plane.until(lambda: here.plane.kinds(task.agent_id).count("step_taken") == 1)
    await signal(here, task, Wish.PAUSE)
    await here.plane.until_kind(task.agent_id, "paused")
    await signal(here, task, Wish.PARK)
    await here.plane.until_kind(task.agent_id, "parked")


def next_leg(here: World, task: Task) -> Task:
    here.plane.received.clear()
    here.plane.hellos.clear()
    return here.task(agent_id=task.agent_id, leg=task.leg + 1, going_on=GO_ON)


async def test_a_parked_run_goes_on_on_another_machine_with_its_memory_and_its_uncommitted_work(tmp_path: Path) -> None:
    async with world(tmp_path, play=edits_then_works_on) as here:
        task = here.task()
        async with daemon(here.config()):
            await parked_after_two_steps(here, task)
            parked = here.plane.happenings(task.agent_id)[-1]
            left = list((here.state / "runs").iterdir())
        pushed = git(here.origin, "branch", "--list", task.work_branch)
        again = next_leg(here, task)
        async with daemon(here.config(machine="other")):
            await here.begin(again)
            await here.plane.until_over(task.agent_id)
            happenings = here.plane.happenings(task.agent_id)
        note = git(here.origin, "show", f"{task.work_branch}:NOTE.md")
        readme = git(here.origin, "show", f"{task.work_branch}:README.md")

    assert parked == Parked(Parking.PAUSED, saved=True)
    assert left == []
    assert pushed == ""
    assert any(isinstance(happening, Restored) and happening.files in {1, 2} for happening in happenings)
    assert happenings[-1].kind == "finished"
    assert note == "one"
    assert readme.count("more") == 1
    assert GO_ON.encode() in here.doors.asked[-1]


async def test_a_question_that_nobody_answers_is_parked_and_answered_later(tmp_path: Path) -> None:
    async with world(tmp_path, play=asks_first) as here:
        task = here.task()
        async with daemon(here.config()):
            await here.begin(task)
            await here.plane.until_kind(task.agent_id, "asked")
            await signal(here, task, Wish.PARK)
            await here.plane.until_kind(task.agent_id, "parked")
            parked = here.plane.happenings(task.agent_id)[-1]
        again = next_leg(here, task)
        async with daemon(here.config(machine="other")):
            await here.begin(again)
            answer = Tell(agent_id=task.agent_id, leg=2, followup_id=uuid4(), text="Spaces", question=QUESTION)
            await here.plane.send(answer)
            await here.plane.until_over(task.agent_id)
            kinds = here.plane.kinds(task.agent_id)

    assert parked == Parked(Parking.UNANSWERED, saved=True)
    assert "told" in kinds
    assert kinds[-1] == "finished"
    assert any(b"The person answers: Spaces" in asked for asked in here.doors.asked)


async def test_a_pause_while_a_question_is_open_is_true_at_once_and_holds_the_answer(tmp_path: Path) -> None:
    async with world(tmp_path, play=asks_first) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "asked")
        await signal(here, task, Wish.PAUSE)
        await here.plane.until_kind(task.agent_id, "paused")
        answer = Tell(agent_id=task.agent_id, leg=1, followup_id=uuid4(), text="Spaces", question=QUESTION)
        await here.plane.send(answer)
        await signal(here, task, Wish.RESUME)
        await here.plane.until_over(task.agent_id)
        kinds = here.plane.kinds(task.agent_id)

    assert kinds.index("resumed") < kinds.index("told")
    assert kinds[-1] == "finished"


async def test_a_run_that_does_not_stand_still_is_not_parked(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "step_taken")
        await signal(here, task, Wish.PARK)
        await here.plane.until_over(task.agent_id)

    assert here.plane.kinds(task.agent_id)[-1] == "finished"


async def test_a_run_without_money_is_saved_and_parked(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        here.doors.llm_status = 400
        task = here.task()
        await here.begin(task)
        await here.plane.until_over(task.agent_id)

    assert here.plane.happenings(task.agent_id)[-1] == Parked(Parking.BUDGET, saved=True)


@pytest.mark.parametrize("archive", [b"", b"no archive", None])
async def test_what_cannot_be_brought_back_is_said_and_the_run_starts_over(
    tmp_path: Path, archive: bytes | None
) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        if archive is not None:
            here.doors.snapshots.append(archive)
        task = here.task(leg=2, going_on=GO_ON)
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        happenings = here.plane.happenings(task.agent_id)

    assert any(isinstance(happening, StartedOver) for happening in happenings)
    assert happenings[-1].kind == "finished"


async def test_a_machine_that_dies_loses_no_more_than_the_newest_steps(tmp_path: Path) -> None:
    lost = asyncio.Event()

    def lingers(task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
        """Keep the run busy until its machine is lost."""
        if len(outcomes) == 2 and not lost.is_set():
            return Turn("I wait.", ToolCall("Bash", {"command": "python3 -c 'import time; time.sleep(600)'"}))
        return edits_then_works_on(task, outcomes)

    async with world(tmp_path, play=lingers) as here:
        task = here.task()
        async with daemon(here.config(snapshot_every=0.2)):
            await here.begin(task)
            await here.plane.until(lambda: here.plane.kinds(task.agent_id).count("step_taken") == 2)
            await _until_saved(here, len(here.doors.snapshots) + 1)
        lost.set()
        again = next_leg(here, task)
        async with daemon(here.config(machine="other")):
            await here.begin(again)
            await here.plane.until_over(task.agent_id)
            happenings = here.plane.happenings(task.agent_id)
        note = git(here.origin, "show", f"{task.work_branch}:NOTE.md")
        readme = git(here.origin, "show", f"{task.work_branch}:README.md")

    # The archive that came last may have been begun before the second step was over, which is then taken again.
    assert any(isinstance(happening, Restored) and happening.files in {1, 2} for happening in happenings)
    assert note == "one"
    assert readme.count("more") in {1, 2}


async def test_a_finished_run_is_remembered_when_more_is_asked_for(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        task = here.task()
        async with daemon(here.config()):
            await here.begin(task)
            await here.plane.until_over(task.agent_id)
        first = git(here.origin, "rev-parse", task.work_branch)
        here.doors.asked.clear()
        again = next_leg(here, task).model_copy(update={"brief": "NOBODY READS THIS"})
        async with daemon(here.config(machine="other")):
            await here.begin(again)
            await here.plane.until_over(task.agent_id)
            happenings = here.plane.happenings(task.agent_id)

    assert Restored(files=0) in happenings
    assert happenings[-1].kind == "finished"
    assert git(here.origin, "rev-parse", task.work_branch) == first
    assert b"I look at the repository first." in here.doors.asked[-1]
    assert b"NOBODY READS THIS" not in here.doors.asked[-1]


async def _until_saved(here: World, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(here.doors.snapshots) < count:  # noqa: ASYNC110 (the archive comes by another door)
            await asyncio.sleep(0.02)
