"""Servers of people, from before they are asked for until they are gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from asyncpg import Record

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Server:
    """One of them. ``provider_id`` is Hetzner's number; ``begun`` says that Hetzner may have been asked for it.

    ``heard`` is true when it has spoken within the last half minute; ``leave_at`` is the end of its grace.
    """

    machine_id: UUID
    person_id: UUID
    name: str
    status: str
    attempt: int
    provider_id: int | None
    begun: bool
    heard: bool
    leave_at: datetime | None
    monthly_price: Decimal | None


_SERVERS = (
    "select servers.*, seen_at > now() - interval '30 seconds' as heard"
    " from servers join machines on machines.id = machine_id"
)


@dataclass(frozen=True, slots=True)
class ServerTable:
    """The table ``servers``."""

    connection: Connection

    async def want(self, machine_id: UUID, person_id: UUID, name: str, attempt: int = 1) -> bool:
        """Note that a person shall have a server. False when they have one already. The machine has to be known."""
        status = await self.connection.execute(
            "insert into servers (machine_id, person_id, name, attempt) values ($1, $2, $3, $4)"
            " on conflict (person_id) where status <> 'leaving' do nothing",
            machine_id,
            person_id,
            name,
            attempt,
        )
        return status == "INSERT 0 1"

    async def of(self, person_id: UUID) -> Server | None:
        """The server that a person has, or will have."""
        row = await self.connection.fetchrow(
            f"{_SERVERS} where person_id = $1 and status <> 'leaving'",
            person_id,
        )
        return None if row is None else _read(row)

    async def all_in(self, *statuses: str) -> list[Server]:
        """Those that have come so far."""
        return [_read(row) for row in await self.connection.fetch(f"{_SERVERS} where status = any($1)", statuses)]

    async def due(self, status: str) -> list[Server]:
        """Those that something has to be done about at Hetzner, which may take only so many questions."""
        rows = await self.connection.fetch(
            "update servers set tried_at = now() from machines where machines.id = machine_id and status = $1"
            " and (tried_at is null or tried_at < now() - interval '20 seconds')"
            " returning servers.*, false as heard",
            status,
        )
        return [_read(row) for row in rows]

    async def begin(self, machine_id: UUID, enrolment_hash: bytes, good_for: timedelta) -> bool:
        """Hetzner is about to be asked: what the server will be let in by, once. False when it is wanted no more."""
        status = await self.connection.execute(
            "update servers set enrolment_hash = $2, enrolment_expires_at = now() + $3::interval"
            " where machine_id = $1 and status = 'wanted' and enrolled_at is null",
            machine_id,
            enrolment_hash,
            good_for,
        )
        return status == "UPDATE 1"

    async def made(
        self, machine_id: UUID, provider_id: int, server_type: str, location: str, price: Decimal | None
    ) -> None:
        """Hetzner has made it."""
        await self.connection.execute(
            "update servers set status = 'made', changed_at = now(), provider_id = $2, server_type = $3, location = $4,"
            " monthly_price = coalesce($5, monthly_price) where machine_id = $1 and status = 'wanted'",
            machine_id,
            provider_id,
            server_type,
            location,
            price,
        )

    async def enrol(self, enrolment_hash: bytes, token_hash: bytes) -> UUID | None:
        """Let a server in by the token whose hash this is, from now on. Once; the same again is the same.

        None when this enrolment is unknown, too late, or was used with another token.
        """
        return await self.connection.fetchval(
            "with enrolled as (update servers set enrolled_at = now() where enrolment_hash = $1"
            "  and enrolled_at is null and enrolment_expires_at > now() and status in ('wanted', 'made')"
            "  returning machine_id),"
            " let_in as (update machines set token_hash = $2 from enrolled where id = machine_id returning id)"
            " select id from let_in union all"
            " select id from machines join servers on id = machine_id"
            "  where enrolment_hash = $1 and enrolled_at is not null and token_hash = $2",
            enrolment_hash,
            token_hash,
        )

    async def make_ready(self) -> list[str]:
        """Those that have dialled in, and whose walls hold, may be used; their names."""
        rows = await self.connection.fetch(
            "update servers set status = 'ready', attempt = 1, changed_at = now() from machines"
            " where machines.id = machine_id and status = 'made' and seen_at is not null"
            " and (self_test->>'passed')::boolean returning servers.name"
        )
        return [row["name"] for row in rows]

    async def unwell(self, patience: timedelta) -> list[Server]:
        """Those that never came, or have fallen silent for so long; not while nobody at all is being heard."""
        rows = await self.connection.fetch(
            f"{_SERVERS} where changed_at < now() - $1::interval and status = 'made' or seen_at < now() - $1::interval"  # noqa: S608 (ours)
            " and status = 'ready' and exists (select 1 from machines where seen_at > now() - interval '1 minute')",
            patience,
        )
        return [_read(row) for row in rows]

    async def settled(self) -> list[Server]:
        """Those that Hetzner has to know, because it has made them some time ago."""
        rows = await self.connection.fetch(
            f"{_SERVERS} where status in ('made', 'ready') and changed_at < now() - interval '20 seconds'"
        )
        return [_read(row) for row in rows]

    async def give_up(self, machine_id: UUID) -> None:
        """A second one has failed as well: people decide what happens next."""
        await self.connection.execute(
            "update servers set status = 'failed', changed_at = now() where machine_id = $1", machine_id
        )

    async def failed_long_ago(self, patience: timedelta) -> list[UUID]:
        """Failed ones that were kept for long enough to be looked at."""
        rows = await self.connection.fetch(
            "select machine_id from servers where status = 'failed' and changed_at < now() - $1::interval", patience
        )
        return [row["machine_id"] for row in rows]

    async def set_grace(self, grace: timedelta) -> list[Server]:
        """Those whose people are no longer on the pro plan are to go after a while; those that this is new for."""
        rows = await self.connection.fetch(
            "update servers set leave_at = now() + $1::interval from people, machines where people.id = person_id"
            " and machines.id = machine_id and plan <> 'pro' and leave_at is null and status <> 'leaving'"
            " returning servers.*, false as heard",
            grace,
        )
        return [_read(row) for row in rows]

    async def cancel_grace(self, *, everybody: bool) -> list[Server]:
        """Those whose people are on the pro plan again may stay; with ``everybody``, all of them."""
        rows = await self.connection.fetch(
            "update servers set leave_at = null from people where people.id = person_id"
            " and (plan = 'pro' or $1) and leave_at is not null and status <> 'leaving'"
            " returning servers.*, false as heard",
            everybody,
        )
        return [_read(row) for row in rows]

    async def grace_over(self) -> list[UUID]:
        """Those whose time is up and that no live agent is on."""
        rows = await self.connection.fetch(
            "select machine_id from servers where leave_at < now() and status <> 'leaving' and not exists ("
            " select 1 from agents where agents.machine_id = servers.machine_id"
            "  and agents.status in ('pending', 'running', 'paused'))"
        )
        return [row["machine_id"] for row in rows]

    async def leave(self, machine_id: UUID) -> None:
        """Nobody shall have this server any more, and nothing opens for it."""
        await self.connection.execute(
            "update servers set status = 'leaving', changed_at = now(), tried_at = null, enrolment_hash = null"
            " where machine_id = $1",
            machine_id,
        )
        await self.connection.execute("update machines set token_hash = $2 where id = $1", machine_id, machine_id.bytes)

    async def remove(self, machine_id: UUID) -> None:
        """It is gone at Hetzner."""
        await self.connection.execute("delete from servers where machine_id = $1", machine_id)

    async def names(self) -> set[str]:
        """The names of all servers there are or shall be."""
        return {row["name"] for row in await self.connection.fetch("select name from servers")}


def _read(row: Record) -> Server:
    return Server(
        row["machine_id"],
        row["person_id"],
        row["name"],
        row["status"],
        row["attempt"],
        row["provider_id"],
        row["enrolment_hash"] is not None,
        bool(row["heard"]),
        row["leave_at"],
        row["monthly_price"],
    )
