"""Keeps people's schedules, and counts how their agents fare."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.model.agent import Agent, Status
from core.model.command import (
    CreateSchedule,
    DeleteSchedules,
    ListSchedules,
    NotDone,
    PauseSchedules,
    ResumeSchedules,
    ScheduleAnswered,
)
from core.model.messages import InboundMessage
from core.model.people import Access, Person
from core.model.schedule import Schedule, next_time
from core.replies import refusals, scheduling
from core.store.database import Transaction

_MOST: Final = 20
_MOST_FAILURES: Final = 3

Order = PauseSchedules | ResumeSchedules | DeleteSchedules


@dataclass(frozen=True, slots=True)
class ScheduleBook:
    """One transaction's."""

    tx: Transaction

    async def create(
        self, intent: CreateSchedule, person: Person, message: InboundMessage
    ) -> ScheduleAnswered | NotDone:
        """Keep a new schedule, once for each message."""
        if intent.repo.access is not Access.WRITE:
            return NotDone(refusals.no_access(intent.repo))
        await self.tx.people.hold(person.id)
        known = await self.tx.schedules.get(message.id)
        if known is None and len(await self.tx.schedules.of(person.id)) >= _MOST:
            return NotDone(scheduling.too_many(_MOST))
        schedule = await self.tx.schedules.add(
            Schedule(
                id=message.id,
                number=0,
                person_id=person.id,
                repo_url=intent.repo.url,
                repo_name=intent.repo.full_name,
                branch=intent.branch or intent.repo.default_branch,
                task=intent.task,
                rhythm=intent.rhythm,
                time_zone=person.time_zone,
                reply_to=message.reply_to,
                next_at=next_time(intent.rhythm, datetime.now(UTC), ZoneInfo(person.time_zone)),
            )
        )
        return ScheduleAnswered(scheduling.created(schedule))

    async def list(self, _intent: ListSchedules, person_id: UUID) -> ScheduleAnswered:
        """Say what there is."""
        return ScheduleAnswered(scheduling.listed(tuple(await self.tx.schedules.of(person_id))))

    async def change(self, order: Order, person_id: UUID) -> ScheduleAnswered:
        """Carry out an order to the person's own schedules."""
        schedules = await self.tx.schedules.of(person_id, order.numbers)
        for schedule in schedules:
            match order:
                case PauseSchedules():
                    await self.tx.schedules.pause(schedule.id)
                case ResumeSchedules():
                    moment = next_time(schedule.rhythm, datetime.now(UTC), ZoneInfo(schedule.time_zone))
                    await self.tx.schedules.resume(schedule.id, moment)
                case DeleteSchedules():
                    await self.tx.schedules.delete(schedule.id)
        participle = {PauseSchedules: "paused", ResumeSchedules: "resumed", DeleteSchedules: "deleted"}[type(order)]
        return ScheduleAnswered(scheduling.changed(tuple(schedules), participle))


async def count_ending(tx: Transaction, agent: Agent) -> None:
    """How the agent of a schedule has ended counts; three failures in a row pause the schedule."""
    if agent.schedule_id is None or agent.round > 1:
        return
    if agent.status is Status.COMPLETED:
        await tx.schedules.forget_failures(agent.schedule_id)
    elif agent.status is Status.FAILED:
        await count_failure(tx, agent.schedule_id)


async def count_failure(tx: Transaction, schedule_id: UUID) -> None:
    """The schedule has failed once more."""
    failures = await tx.schedules.count_failure(schedule_id)
    schedule = await tx.schedules.get(schedule_id)
    if schedule is not None and failures >= _MOST_FAILURES and not schedule.paused:
        await tx.schedules.pause(schedule_id)
        once = f"given-up:{schedule_id}:{schedule.next_at.isoformat()}"
        await tx.replies.promise(schedule.reply_to, scheduling.given_up(schedule), once=once)
