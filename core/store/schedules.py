"""Schedules: each slot is taken by moving ``next_at`` on, so that it is taken once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from asyncpg import Record

from core.model.messages import Address, Channel
from core.model.schedule import Rhythm, Schedule
from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class ScheduleTable:
    """The table ``schedules``."""

    connection: Connection

    async def add(self, schedule: Schedule) -> Schedule:
        """Keep a new schedule under the person's next number; one that is there already is returned as it is."""
        await self.connection.execute(
            "insert into schedules (id, number, person_id, repo_url, repo_name, branch, task, rhythm, time_zone,"
            " channel, conversation, thread, next_at)"
            " select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12"
            " from schedules where person_id = $2 on conflict (id) do nothing",
            schedule.id,
            schedule.person_id,
            schedule.repo_url,
            schedule.repo_name,
            schedule.branch,
            schedule.task,
            rhythm_shape(schedule.rhythm),
            schedule.time_zone,
            schedule.reply_to.channel,
            schedule.reply_to.conversation,
            schedule.reply_to.thread,
            schedule.next_at,
        )
        row = await self.connection.fetchrow("select * from schedules where id = $1", schedule.id)
        if row is None:
            raise LookupError(schedule.id)
        return _schedule(row)

    async def get(self, schedule_id: UUID) -> Schedule | None:
        """One schedule, whoever's it is."""
        row = await self.connection.fetchrow("select * from schedules where id = $1", schedule_id)
        return None if row is None else _schedule(row)

    async def of(self, person_id: UUID, numbers: Sequence[int] = ()) -> list[Schedule]:
        """A person's schedules, or those with these numbers, oldest first."""
        rows = await self.connection.fetch(
            "select * from schedules where person_id = $1 and ($2::int[] = '{}' or number = any($2)) order by number",
            person_id,
            list(numbers),
        )
        return [_schedule(row) for row in rows]

    async def due(self) -> Schedule | None:
        """One whose time has come, which nobody else takes until the transaction ends."""
        row = await self.connection.fetchrow(
            "select * from schedules where paused_at is null and next_at <= now()"
            " order by next_at limit 1 for update skip locked"
        )
        return None if row is None else _schedule(row)

    async def move_on(self, schedule_id: UUID, next_at: datetime) -> None:
        """The slot is taken; the next one comes at ``next_at``."""
        await self.connection.execute("update schedules set next_at = $2 where id = $1", schedule_id, next_at)

    async def pause(self, schedule_id: UUID) -> None:
        """Nothing is begun until it is resumed."""
        await self.connection.execute(
            "update schedules set paused_at = coalesce(paused_at, now()) where id = $1", schedule_id
        )

    async def resume(self, schedule_id: UUID, next_at: datetime) -> None:
        """Go on at ``next_at``, with a clean slate."""
        await self.connection.execute(
            "update schedules set paused_at = null, failures = 0, next_at = $2 where id = $1", schedule_id, next_at
        )

    async def delete(self, schedule_id: UUID) -> None:
        """It is no more; its agents stay."""
        await self.connection.execute("delete from schedules where id = $1", schedule_id)

    async def count_failure(self, schedule_id: UUID) -> int:
        """One more failure in a row; how many there are now."""
        return await self.connection.fetchval(
            "update schedules set failures = failures + 1 where id = $1 returning failures", schedule_id
        )

    async def forget_failures(self, schedule_id: UUID) -> None:
        """It went well."""
        await self.connection.execute("update schedules set failures = 0 where id = $1", schedule_id)

    async def at_work(self, schedule_id: UUID) -> bool:
        """True while an agent that the schedule began is live."""
        return await self.connection.fetchval(
            "select exists (select 1 from agents where schedule_id = $1"
            " and status in ('pending', 'running', 'paused'))",
            schedule_id,
        )

    async def began(self, schedule_id: UUID, agent_id: UUID) -> None:
        """The schedule has begun this agent."""
        await self.connection.execute("update agents set schedule_id = $1 where id = $2", schedule_id, agent_id)


def rhythm_shape(rhythm: Rhythm) -> dict[str, object]:
    """A rhythm as JSON has it."""
    return {
        "days": list(rhythm.days),
        "at": rhythm.at.isoformat("minutes"),
        "monthly": rhythm.monthly,
        "hours": rhythm.hours,
    }


def _schedule(row: Record) -> Schedule:
    kept = row["rhythm"]
    return Schedule(
        id=row["id"],
        number=row["number"],
        person_id=row["person_id"],
        repo_url=row["repo_url"],
        repo_name=row["repo_name"],
        branch=row["branch"],
        task=row["task"],
        rhythm=Rhythm(tuple(kept["days"]), time.fromisoformat(kept["at"]), kept["monthly"], kept["hours"]),
        time_zone=row["time_zone"],
        reply_to=Address(Channel(row["channel"]), row["conversation"], row["thread"]),
        next_at=row["next_at"],
        failures=row["failures"],
        paused=row["paused_at"] is not None,
    )
