"""An agent that proposes a plan, keeps a list of tasks and reports: with the real Claude CLI."""

from pathlib import Path
from uuid import uuid4

import pytest

from core.model.agent import PlannedTask, WorkReport
from core.model.event import Asked, Finished, PlanApproved, StepTaken, TasksListed
from core.sandbox.protocol import Tell
from tests.conftest import RequireTool
from tests.integration.sandbox_world import daemon, git, world
from tests.plays import PLAN, REPORT, plans_lists_and_reports


@pytest.fixture(autouse=True)
def _tools(require_tool: RequireTool, box: None) -> None:  # noqa: ARG001 # pyright: ignore[reportUnusedFunction]
    require_tool("git", "sudo apt install git")


async def test_nothing_is_changed_before_the_plan_is_agreed_to(tmp_path: Path) -> None:
    async with world(tmp_path, play=plans_lists_and_reports) as here, daemon(here.config()):
        task = here.task().model_copy(update={"plan_first": True})
        await here.begin(task)
        for number, answer in enumerate(["Use a shorter note.", "Yes, go ahead!"], 1):
            await here.plane.until(lambda n=number: here.plane.kinds(task.agent_id).count("asked") == n)
            asked = here.plane.happenings(task.agent_id)[-1]
            assert isinstance(asked, Asked)
            tell = Tell(agent_id=task.agent_id, leg=1, followup_id=uuid4(), text=answer, question=asked.question)
            await here.plane.send(tell)
        await here.plane.until_over(task.agent_id)
        happenings = here.plane.happenings(task.agent_id)
        note = git(here.origin, "show", f"{task.work_branch}:NOTE.md")

    writes = [h.ok for h in happenings if isinstance(h, StepTaken) and h.tool == "Write"]
    plan = next(h for h in happenings if isinstance(h, Asked))
    assert plan == Asked(f"Shall I go ahead with this plan?\n\n{PLAN}", ("Go ahead", "Not like this"))
    assert writes == [False, True]
    assert happenings.count(PlanApproved()) == 1
    assert b"They say: Use a shorter note." in b"".join(here.doors.asked)
    assert note == "one"


async def test_the_task_list_and_the_report_are_told_as_they_are(tmp_path: Path) -> None:
    async with world(tmp_path, play=plans_lists_and_reports) as here, daemon(here.config()):
        task = here.task().model_copy(update={"plan_first": True})
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "asked")
        asked = here.plane.happenings(task.agent_id)[-1]
        assert isinstance(asked, Asked)
        yes = Tell(agent_id=task.agent_id, leg=1, followup_id=uuid4(), text="Go ahead", question=asked.question)
        await here.plane.send(yes)
        await here.plane.until_over(task.agent_id)
        happenings = here.plane.happenings(task.agent_id)

    lists = [h.tasks for h in happenings if isinstance(h, TasksListed)]
    assert lists == [(PlannedTask("Write the note"),), (PlannedTask("Write the note", done=True),)]
    assert happenings[-1] == Finished("The note is written.", changed=True, report=WorkReport(**REPORT))
