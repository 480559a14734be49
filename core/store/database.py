"""The one way to the database: transactions, and the rings that follow a commit."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from core.model.errors import DatabaseUnavailable, Refusal
from core.model.ring import Ring
from core.store.access import AccessTable
from core.store.agents import AgentTable
from core.store.code import CodeTable
from core.store.commands import CommandTable
from core.store.connection import Connection
from core.store.deliveries import DeliveryTable
from core.store.devices import DeviceTable
from core.store.dialogues import DialogueTable
from core.store.events import EventTable
from core.store.followups import FollowUpTable
from core.store.inbox import InboxTable
from core.store.legs import LegTable
from core.store.machines import MachineTable
from core.store.overdue import OverdueAgents
from core.store.people import PeopleTable
from core.store.pool import PoolTable
from core.store.replies import ReplyTable
from core.store.schedules import ScheduleTable
from core.store.servers import ServerTable
from core.store.snapshots import SnapshotTable
from core.store.spending import SpendingTable
from core.store.work import WorkTable


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one transaction can do. Rings are heard after the commit, and never without one."""

    connection: Connection
    rings: list[Ring] = field(default_factory=list[Ring])

    @property
    def access(self) -> AccessTable:
        """Who may speak for whom."""
        return AccessTable(self.connection)

    @property
    def agents(self) -> AgentTable:
        """Agents and their moves."""
        return AgentTable(self.connection)

    @property
    def code(self) -> CodeTable:
        """What was read of repositories."""
        return CodeTable(self.connection)

    @property
    def commands(self) -> CommandTable:
        """What was understood."""
        return CommandTable(self.connection)

    @property
    def deliveries(self) -> DeliveryTable:
        """What the code host has told us."""
        return DeliveryTable(self.connection)

    @property
    def devices(self) -> DeviceTable:
        """Browsers that want to be told."""
        return DeviceTable(self.connection)

    @property
    def dialogues(self) -> DialogueTable:
        """What is open between us and people."""
        return DialogueTable(self.connection)

    @property
    def events(self) -> EventTable:
        """What machines reported."""
        return EventTable(self.connection)

    @property
    def followups(self) -> FollowUpTable:
        """What agents were told."""
        return FollowUpTable(self.connection)

    @property
    def inbox(self) -> InboxTable:
        """What was accepted."""
        return InboxTable(self.connection)

    @property
    def legs(self) -> LegTable:
        """Agents' stays on machines."""
        return LegTable(self.connection)

    @property
    def machines(self) -> MachineTable:
        """Where agents run."""
        return MachineTable(self.connection)

    @property
    def overdue(self) -> OverdueAgents:
        """What nobody has seen to."""
        return OverdueAgents(self.connection)

    @property
    def people(self) -> PeopleTable:
        """Who may do what."""
        return PeopleTable(self.connection)

    @property
    def pool(self) -> PoolTable:
        """Machines that are made for one run each."""
        return PoolTable(self.connection)

    @property
    def replies(self) -> ReplyTable:
        """What is promised to whom."""
        return ReplyTable(self.connection, self.rings)

    @property
    def schedules(self) -> ScheduleTable:
        """What is begun again and again."""
        return ScheduleTable(self.connection)

    @property
    def servers(self) -> ServerTable:
        """Servers of people."""
        return ServerTable(self.connection)

    @property
    def snapshots(self) -> SnapshotTable:
        """What agents go on from."""
        return SnapshotTable(self.connection)

    @property
    def spending(self) -> SpendingTable:
        """What has been spent."""
        return SpendingTable(self.connection)

    @property
    def work(self) -> WorkTable:
        """How far agents have come."""
        return WorkTable(self.connection)

    def ring(self, ring: Ring) -> None:
        """Wake somebody after the commit."""
        self.rings.append(ring)


# What Postgres says before it closes a connection; sometimes there is no time for it. The last is the library's own
# surprise at hearing so before it has asked anything.
_BROKEN_OFF: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,
)


@dataclass(frozen=True, slots=True)
class Database:
    """A pool of connections, and the bell that is rung after a commit."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    bell: Callable[[Ring], Awaitable[None]]

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        """All or nothing; the only way to write. What was rung inside is heard after the commit."""
        async with self._connected() as connection, connection.transaction():
            tx = Transaction(connection)
            yield tx
        for ring in dict.fromkeys(tx.rings):
            await self.bell(ring)

    @asynccontextmanager
    async def only_one(self, lock: int) -> AsyncGenerator[bool, None]:
        """True for one process at a time: the others get False at once."""
        async with self._connected() as connection, connection.transaction():
            yield bool(await connection.fetchval("select pg_try_advisory_xact_lock($1)", lock))

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[Connection, None]:
        """Raises DatabaseUnavailable when there is no connection to be had, or when it breaks."""
        try:
            connection = await self.pool.acquire()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseUnavailable("The database does not answer.") from error
        try:
            yield connection
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            if isinstance(error, _BROKEN_OFF) or connection.is_closed():
                raise DatabaseUnavailable("The database has broken off.") from error
            raise
        finally:
            await self.pool.release(connection)


@asynccontextmanager
async def open_database(
    url: str, bell: Callable[[Ring], Awaitable[None]], *, connections: int = 10
) -> AsyncGenerator[Database, None]:
    """Connect to a database whose schema is up to date. Raises Refusal when it will not have us."""
    try:
        pool = await asyncpg.create_pool(url, min_size=1, max_size=connections, init=_prepare, reset=_leave_as_is)
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
        raise Refusal(f"Postgres refuses what DATABASE_URL says: {error}. Mend the setting.") from None
    async with pool:
        yield Database(pool, bell)


async def _leave_as_is(_connection: Connection) -> None:
    """Transactions leave nothing behind in a connection; cleaning up would cost each one more round trip."""


async def _prepare(connection: Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
