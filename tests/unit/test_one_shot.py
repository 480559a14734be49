"""A machine that was made for one run ends by itself, whatever becomes of those who made it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from core.model.event import Finished, Started
from core.sandbox.daemon.desk import RunDesk
from core.sandbox.daemon.journal import Journal, RunKey
from core.sandbox.daemon.one_shot import Contact, OneShot
from core.sandbox.protocol import SelfTest

KEY = RunKey(uuid4(), 1)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path)
    journal.load()
    return journal


def welcomed() -> Contact:
    contact = Contact()
    contact.found()
    return contact


def desk(journal: Journal, *, fit: bool = True) -> RunDesk:
    return RunDesk(journal, SelfTest(passed=fit, isolation="played"), None, one_shot=True)


SPENT: dict[str, Callable[[Journal], OneShot]] = {
    "nobody claims it": lambda journal: OneShot(desk(journal), journal, welcomed(), unclaimed=0),
    "it is too old": lambda journal: OneShot(desk(journal), journal, welcomed(), longest=0),
    "nobody answers it": lambda journal: OneShot(desk(journal), journal, Contact(), alone=0),
    "its walls do not hold": lambda journal: OneShot(desk(journal, fit=False), journal, welcomed()),
}


@pytest.mark.parametrize("why", SPENT)
async def test_a_machine_ends_when(journal: Journal, why: str) -> None:
    async with asyncio.timeout(5):
        await SPENT[why](journal).spent()


async def test_a_machine_whose_run_is_over_ends_once_that_was_heard_or_nobody_listens(journal: Journal) -> None:
    journal.record(KEY, Started("bench"))
    journal.record(KEY, Finished("done", changed=True))
    async with asyncio.timeout(5):
        await OneShot(desk(journal), journal, welcomed(), unheard=0).spent()
        journal.acknowledge(KEY, 2)
        await OneShot(desk(journal), journal, welcomed()).spent()


@pytest.mark.parametrize("fit", [True, False], ids=["walls hold", "walls do not hold, and nobody knows yet"])
async def test_a_machine_that_may_still_be_wanted_stays(journal: Journal, fit: bool) -> None:  # noqa: FBT001
    contact = welcomed() if fit else Contact()
    waiting = asyncio.create_task(OneShot(desk(journal, fit=fit), journal, contact).spent())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting, 0.6)


def test_contact_is_lost_at_the_first_loss_and_not_at_those_after_it() -> None:
    contact = welcomed()
    contact.lost()
    first = contact.lost_at
    contact.lost()

    assert contact.lost_at == first
    assert contact.missing_for(0)
    contact.found()
    assert not contact.missing_for(0)
