"""Gives each person on the pro plan a server of their own, replaces it when it is not well, and lets it go in the end.

Whoever needs a server only writes down that one is wanted. One process at a time asks Hetzner, and whatever it dies of,
its successor finds out from the row and the server's name how far it had come.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID, uuid4

import structlog
from pydantic import SecretStr

from core.model.agent import Agent
from core.model.errors import CadenceError, ProviderError, Refusal
from core.model.messages import Reply
from core.replies import servers as said
from core.sandbox.hetzner.api import HetznerApi, HetznerServer, NoRoom
from core.sandbox.hetzner.choice import Offer, choose
from core.sandbox.hetzner.kind import ServerKind
from core.sandbox.tokens import enrolment_token, hash_token
from core.steady import repeat
from core.store.database import Database, Transaction
from core.store.servers import Server

_log = structlog.get_logger(__name__)

_LOCK: Final = 0x68657A6E  # It spells "hezn"; no other advisory lock of ours has this number.
_EVERY_SECONDS: Final = 3.0
_REAP_EVERY: Final = 200
_MOST_ATTEMPTS: Final = 2
_FAILED_FOR: Final = timedelta(hours=1)
_NEW_FOR: Final = timedelta(minutes=30)
_PUT_AWAY_FOR: Final = timedelta(hours=24)
_PUT_AWAY: Final = "put-away"
_Step = Callable[[Server], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class HetznerServers:
    """``grace`` is how long a server outlives its plan, ``patience`` how long one may be silent.

    With ``everybody`` people have a server whatever their plan is.
    """

    database: Database
    api: HetznerApi
    kind: ServerKind
    key: SecretStr
    grace: timedelta = timedelta(days=7)
    patience: timedelta = timedelta(minutes=15)
    everybody: bool = False

    async def machine_for(self, agent: Agent) -> UUID:
        """The server of the agent's person, once it is there; it is wanted from now on."""
        async with self.database.transaction() as tx:
            server = await tx.servers.of(agent.user_id)
            if server is None:
                await self._want(tx, agent.user_id)
        if server is None or server.status in {"wanted", "made"}:
            raise ProviderError(said.BEING_MADE)
        if server.status == "failed":
            raise Refusal(said.FAILED)
        if not server.heard:
            raise ProviderError(said.NOT_ANSWERING)
        return server.machine_id

    async def run(self) -> None:
        """Look after the servers until cancelled; one process at a time."""
        turns = count()

        async def turn() -> None:
            async with self.database.only_one(_LOCK) as chosen:
                if chosen:
                    await self.tend()
                    if next(turns) % _REAP_EVERY == 0:
                        await self.reap()
            await asyncio.sleep(_EVERY_SECONDS)

        await repeat("servers", turn)

    async def tend(self) -> None:
        """One look at everything: who keeps a server, which are well, what has to be made, what has to go."""
        async with self.database.transaction() as tx:
            await self._keep_to_plans(tx)
            for name in await tx.servers.make_ready():
                _log.info("server_ready", server=name)
            for server in await tx.servers.unwell(self.patience):
                await self._replace(tx, server)
            for machine_id in [*await tx.servers.grace_over(), *await tx.servers.failed_long_ago(_FAILED_FOR)]:
                await tx.servers.leave(machine_id)
            wanted, leaving = await tx.servers.due("wanted"), await tx.servers.due("leaving")
        # What Hetzner says to one of them must not keep the others waiting.
        for server in wanted:
            await _try(self._make, server)
        for server in leaving:
            await _try(self._delete, server)

    async def reap(self) -> None:
        """Compare what there is at Hetzner with what we know of, both ways."""
        found = await self.api.labelled(self.kind.selector)
        async with self.database.transaction() as tx:
            known, settled = await tx.servers.names(), await tx.servers.settled()
        for server in found:
            if server.name not in known and datetime.now(UTC) - server.created > _NEW_FOR:
                await self._put_away(server)
        there_are = {server.name for server in found}
        for server in settled:
            # Lists lag behind; a question for the one does not.
            if server.name not in there_are and await self.api.named(server.name) is None:
                _log.warning("server_vanished", server=server.name)
                async with self.database.transaction() as tx:
                    await tx.servers.leave(server.machine_id)
                    await self._want(tx, server.person_id)

    async def _put_away(self, orphan: HetznerServer) -> None:
        """Switch it off, and delete it a day later: somebody may want to see why nobody knows it."""
        now, since = datetime.now(UTC).timestamp(), orphan.labels.get(_PUT_AWAY)
        if since is None:
            _log.warning("orphan_switched_off", server=orphan.name)
            await self.api.put_away(orphan.name, {**orphan.labels, _PUT_AWAY: str(int(now))})
        elif now - int(since) > _PUT_AWAY_FOR.total_seconds():
            _log.warning("orphan_deleted", server=orphan.name)
            await self.api.delete(orphan.name)

    async def offers(self) -> list[Offer]:
        """What a server would be, the first choice first. Raises Refusal when nothing on the list is enough."""
        return self._enough(await self.api.offers())

    def _enough(self, there_are: list[Offer]) -> list[Offer]:
        offers = choose(there_are, self.kind.need, self.kind.locations)
        if not offers:
            raise Refusal("Hetzner has no server as HCLOUD_MIN_… and HCLOUD_LOCATIONS want it: ask for less.")
        return offers

    async def _want(self, tx: Transaction, person_id: UUID, attempt: int = 1) -> None:
        machine_id = uuid4()
        name = self.kind.name(machine_id)
        # No token has this hash: it opens once the server has enrolled.
        await tx.machines.register(machine_id, "hetzner", name, machine_id.bytes)
        await tx.servers.want(machine_id, person_id, name, attempt)

    async def _keep_to_plans(self, tx: Transaction) -> None:
        for server in await tx.servers.cancel_grace(everybody=self.everybody):
            await _tell(tx, server, said.staying(), "staying")
        for server in [] if self.everybody else await tx.servers.set_grace(self.grace):
            if server.leave_at is not None:
                await _tell(tx, server, said.leaving(server.leave_at), "leaving")

    async def _replace(self, tx: Transaction, server: Server) -> None:
        """Once; after that it is reported, and looked at by people."""
        if server.attempt >= _MOST_ATTEMPTS:
            _log.error("server_failed", server=server.name, error="It never dialled in, or its walls do not hold.")
            await self._give_up(tx, server)
            return
        _log.warning("server_replaced", server=server.name, was=server.status)
        await tx.servers.leave(server.machine_id)
        await self._want(tx, server.person_id, server.attempt + 1)

    async def _make(self, server: Server) -> None:
        try:
            offers = await self.api.offers()
            # Whoever asked before may have died before it heard the answer.
            known = await self.api.named(server.name) if server.begun else None
            made = known or await self._create(server, self._enough(offers))
        except Refusal as refusal:
            _log.error("server_failed", server=server.name, error=str(refusal))
            async with self.database.transaction() as tx:
                await self._give_up(tx, server)
            return
        price = next((each.monthly_price for each in offers if each.is_of(made.server_type, made.location)), None)
        async with self.database.transaction() as tx:
            await tx.servers.made(server.machine_id, made.id, made.server_type, made.location, price)
        _log.info("server_made", server=made.name, type=made.server_type, location=made.location)

    async def _create(self, server: Server, offers: list[Offer]) -> HetznerServer:
        firewall = await self.api.firewall(self.kind.firewall, self.kind.labels())
        enrolment = enrolment_token(self.key, server.machine_id)
        async with self.database.transaction() as tx:
            if not await tx.servers.begin(server.machine_id, hash_token(enrolment), self.patience):
                raise ProviderError("That server is not wanted any more, or is there already.")
        for offer in offers:
            try:
                return await self.api.create(
                    server.name,
                    offer,
                    image=self.kind.image,
                    firewall=firewall,
                    user_data=self.kind.user_data(server.name, enrolment),
                    labels=self.kind.labels(person=server.person_id.hex),
                )
            except NoRoom:
                _log.info("no_room", type=offer.server_type, location=offer.location)
        raise NoRoom("Hetzner has no room for a server just now.")

    async def _give_up(self, tx: Transaction, server: Server) -> None:
        await tx.servers.give_up(server.machine_id)
        await _tell(tx, server, said.failed(), "failed")

    async def _delete(self, server: Server) -> None:
        await self.api.delete(server.name)
        async with self.database.transaction() as tx:
            await tx.servers.remove(server.machine_id)
        _log.info("server_deleted", server=server.name)


async def _try(act: _Step, server: Server) -> None:
    """It is tried again at the next look."""
    try:
        await act(server)
    except CadenceError as problem:
        _log.warning("server_step_failed", server=server.name, error=str(problem))


async def _tell(tx: Transaction, server: Server, reply: Reply, occasion: str) -> None:
    """Where the person last put an agent to work."""
    for agent in await tx.agents.of(server.person_id, limit=1):
        once = f"server:{occasion}:{server.machine_id}:{server.leave_at or datetime.now(UTC):%Y%m%d%H%M}"
        await tx.replies.promise(agent.reply_to, reply, once=once)
