"""A person's agents on a server of their own: a simulated Hetzner, a real daemon, boxes and the real Claude CLI."""

import pytest

from tests.e2e.running import Installation, eventually, processes_with, up

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

TASK = "start an agent on wallet frontend to fix the login redirect bug"


def servers() -> list[int]:
    """The processes that are the servers."""
    return [pid for pid, command in processes_with("CADENCE_ENROLMENT=").items() if "cadence.cli daemon" in command]


async def test_agents_of_one_person_share_a_server_that_stays(fresh: Installation) -> None:
    fresh.environ.update(CADENCE_HOST="hetzner-simulated")
    async with up(fresh):
        agent = await fresh.command(TASK)
        await fresh.until_done(agent)
        (server,) = servers()
        another = await fresh.command(TASK)
        await fresh.until_done(another)

        assert await fresh.pulls_of(agent) == 1
        assert await fresh.pulls_of(another) == 1
        assert servers() == [server]
        # The daemon of this computer had nothing to do.
        assert "run_ended" not in (fresh.home.logs / "daemon.log").read_text()
    await eventually(_none_is_left)


async def _none_is_left() -> bool:
    return servers() == []
