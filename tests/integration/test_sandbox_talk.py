"""A person and an agent that is really at work, talking: the real Claude CLI asks, is answered and is told more."""

from pathlib import Path
from uuid import uuid4

import pytest

from core.model.command import Wish
from core.model.event import Asked, Stopped, Told
from core.sandbox.protocol import Signal, Task, Tell
from tests.conftest import RequireTool
from tests.integration.sandbox_world import daemon, git, world
from tests.plays import QUESTION, asks_first


@pytest.fixture(autouse=True)
def _tools(require_tool: RequireTool, box: None) -> None:  # noqa: ARG001 # pyright: ignore[reportUnusedFunction]
    require_tool("git", "sudo apt install git")


def tell(task: Task, text: str, question: str | None = None) -> Tell:
    return Tell(agent_id=task.agent_id, leg=task.leg, followup_id=uuid4(), text=text, question=question)


async def test_a_question_waits_for_its_answer_and_the_agent_goes_on_with_it(tmp_path: Path) -> None:
    async with world(tmp_path, play=asks_first) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "asked")
        answer = tell(task, "Spaces", QUESTION)
        await here.plane.send(answer)
        await here.plane.send(answer)
        await here.plane.until_over(task.agent_id)
        happenings = here.plane.happenings(task.agent_id)
        note = git(here.origin, "show", f"{task.work_branch}:ANSWER.md")

    assert Asked(QUESTION, ("Tabs", "Spaces")) in happenings
    assert happenings.count(Told(answer.followup_id)) == 1
    assert "Spaces" in note
    assert happenings[-1].kind == "finished"


async def test_an_agent_that_waits_for_an_answer_can_be_stopped(tmp_path: Path) -> None:
    async with world(tmp_path, play=asks_first) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "asked")
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.CANCEL))
        await here.plane.until_over(task.agent_id)

    assert here.plane.happenings(task.agent_id)[-1] == Stopped()


async def test_what_is_said_while_the_agent_works_reaches_it_once_before_it_ends(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        more = tell(task, "And mind the umlauts.")
        await here.plane.until_kind(task.agent_id, "started")
        await here.plane.send(more)
        await here.plane.send(more)
        await here.plane.until_over(task.agent_id)
        kinds = here.plane.kinds(task.agent_id)

    assert kinds.count("told") == 1
    assert kinds[-2:] == ["branch_pushed", "finished"]
    assert any(b"And mind the umlauts." in request for request in here.doors.asked)


async def test_what_is_said_to_a_paused_agent_waits_until_it_goes_on(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.PAUSE))
        await here.plane.until_kind(task.agent_id, "paused")
        await here.plane.send(tell(task, "And mind the umlauts."))
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.RESUME))
        await here.plane.until_over(task.agent_id)
        kinds = here.plane.kinds(task.agent_id)

    assert kinds.index("resumed") < kinds.index("told")
    assert kinds[-1] == "finished"
