"""Begins what is due: each slot of a schedule once, whichever worker gets to it and whatever is killed in between."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog

from core.agents.desk import AgentDesk
from core.agents.schedules import count_failure
from core.model.command import AgentCreated, CreateAgent
from core.model.messages import InboundMessage, Reply, Typed
from core.model.people import Repo
from core.model.schedule import Schedule, next_time
from core.replies import scheduling
from core.steady import repeat
from core.store.database import Database, Transaction

_log = structlog.get_logger(__name__)
_LOOK_EVERY_SECONDS: Final = 5.0
_TOO_LATE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scheduler:
    """What was missed while everything was off is begun once, if it is less than a day late."""

    database: Database
    desk: AgentDesk

    async def run(self) -> None:
        """Look every few seconds until cancelled."""

        async def turn() -> None:
            while await self.begin_next():
                pass
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

        await repeat("scheduler", turn)

    async def begin_next(self) -> bool:
        """Begin one agent that is due, all in one transaction; False when nothing is."""
        async with self.database.transaction() as tx:
            schedule = await tx.schedules.due()
            if schedule is None:
                return False
            now = datetime.now(UTC)
            await tx.schedules.move_on(schedule.id, next_time(schedule.rhythm, now, ZoneInfo(schedule.time_zone)))
            if now - schedule.next_at > _TOO_LATE:
                _log.warning("schedule_slot_missed", schedule=str(schedule.id))
            elif await tx.schedules.at_work(schedule.id):
                await self._say(tx, schedule, scheduling.still_at_work(schedule))
            else:
                await self._begin(tx, schedule)
        return True

    async def _begin(self, tx: Transaction, schedule: Schedule) -> None:
        person = await tx.people.get(schedule.person_id)
        if person is None:
            return
        slot = InboundMessage(
            id=uuid4(),
            key=f"schedule:{schedule.id}:{schedule.next_at.isoformat()}",
            sender_id="schedule",
            reply_to=schedule.reply_to,
            content=Typed(schedule.task),
            received_at=schedule.next_at,
        )
        await tx.inbox.settle(await tx.inbox.accept(slot))
        owner, _, name = schedule.repo_name.partition("/")
        intent = CreateAgent(Repo(owner, name, schedule.repo_url, schedule.branch), schedule.task, schedule.branch)
        outcome = await self.desk.create(tx, intent, person, slot)
        if isinstance(outcome, AgentCreated):
            await tx.schedules.began(schedule.id, outcome.agent.id)
            await self._say(tx, schedule, scheduling.begun(schedule, outcome.agent))
        else:
            await self._say(tx, schedule, scheduling.not_begun(schedule, outcome.reason))
            await count_failure(tx, schedule.id)

    async def _say(self, tx: Transaction, schedule: Schedule, reply: Reply) -> None:
        once = f"schedule:{schedule.id}:{schedule.next_at.isoformat()}"
        await tx.replies.promise(schedule.reply_to, reply, once=once)
