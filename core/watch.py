"""What happens, told to whoever watches: read once for all that watch the same, in whichever process they are.

A watcher says what it has seen last and misses nothing after that. One that does not keep up is let go of, and comes
back with what it has seen last.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from core.bell import Bell
from core.model.agent import Agent
from core.model.event import Event
from core.steady import repeat
from core.store.database import Database

_log = structlog.get_logger(__name__)
_LOOK_EVERY_SECONDS: Final = 2.0
_MOST_BEHIND: Final = 500
# A transaction's changes bear the moment at which it began, and may be seen that much later.
_SETTLES_WITHIN: Final = timedelta(seconds=5)

Place = tuple[int, int]


def watch_topic(person_id: object) -> str:
    """The bell's topic for what a person may watch."""
    return f"watch:{person_id}"


@dataclass(eq=False, slots=True)
class Watcher:
    """One reader, of one agent or of all. ``grant`` is the token or session that lets them.

    ``news`` ends with None when it has fallen behind, when the grant has ended, or when everything ends.
    """

    agent_id: UUID | None = None
    grant: UUID | None = None
    news: asyncio.Queue[Event | Agent | None] = field(default_factory=lambda: asyncio.Queue(_MOST_BEHIND + 1))

    def tell(self, news: Event | Agent) -> bool:
        """False when there is no more room."""
        if self.news.qsize() >= _MOST_BEHIND:
            return False
        self.news.put_nowait(news)
        return True

    def let_go(self) -> None:
        """There is no more."""
        while self.news.full():
            self.news.get_nowait()
        self.news.put_nowait(None)


@dataclass(slots=True)
class _Audience:
    """Everybody who watches one person's agents, and whoever reads for them."""

    watchers: set[Watcher] = field(default_factory=set[Watcher])
    places: dict[UUID, Place] = field(default_factory=dict[UUID, Place])
    seen: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    reading: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Watch:
    """One of a process."""

    database: Database
    bell: Bell
    _audiences: dict[UUID, _Audience] = field(default_factory=dict[UUID, _Audience])
    _closed: bool = False

    async def close(self) -> None:
        """Let everybody go, so that the process can end."""
        self._closed = True
        for audience in self._audiences.values():
            for watcher in audience.watchers:
                watcher.let_go()

    async def events(self, agent: Agent, after: Place, grant: UUID | None = None) -> AsyncGenerator[Event | None]:
        """An agent's events behind a place (leg, number), those that are still to come included.

        None stands for a while in which nothing happened. Ends when the watcher has fallen behind, and a few seconds
        after ``grant`` has.
        """
        async with self._joined(agent.user_id, Watcher(agent.id, grant)) as watcher:
            place = after
            async for event in self._backlog(agent.id, after):
                place = (event.leg, event.seq)
                yield event
            async for news in _heard(watcher):
                if news is None:
                    yield None
                elif isinstance(news, Event) and (news.leg, news.seq) > place:
                    place = (news.leg, news.seq)
                    yield news

    async def agents(
        self, person_id: UUID, since: datetime | None, grant: UUID | None = None
    ) -> AsyncGenerator[Agent | None]:
        """A person's agents whenever they have changed, at least once each; otherwise as ``events``."""
        async with self._joined(person_id, Watcher(None, grant)) as watcher:
            if since is not None:
                async with self.database.transaction() as tx:
                    missed = await tx.agents.changed_since(person_id, since - _SETTLES_WITHIN)
                for agent in missed:
                    yield agent
            async for news in _heard(watcher):
                if news is None or isinstance(news, Agent):
                    yield news

    async def _backlog(self, agent_id: UUID, after: Place) -> AsyncIterator[Event]:
        place = after
        while True:
            async with self.database.transaction() as tx:
                events = await tx.events.after(agent_id, *place)
            for event in events:
                yield event
            if not events:
                return
            place = (events[-1].leg, events[-1].seq)

    @asynccontextmanager
    async def _joined(self, person_id: UUID, watcher: Watcher) -> AsyncGenerator[Watcher]:
        # Before anything is waited for, so that the audience does not end meanwhile with whoever leaves last.
        audience = self._audiences.setdefault(person_id, _Audience())
        audience.watchers.add(watcher)
        try:
            if watcher.agent_id is not None and watcher.agent_id not in audience.places:
                async with self.database.transaction() as tx:
                    audience.places.setdefault(watcher.agent_id, await tx.events.newest_place(watcher.agent_id))
            if audience.reading is None:
                audience.reading = asyncio.create_task(self._read(person_id, audience, datetime.now(UTC)))
            if self._closed:
                watcher.let_go()
            yield watcher
        finally:
            audience.watchers.discard(watcher)
            if not audience.watchers:
                self._audiences.pop(person_id, None)
                if audience.reading is not None:
                    audience.reading.cancel()

    async def _read(self, person_id: UUID, audience: _Audience, since: datetime) -> None:
        """Read what is new at every ring, and tell everybody whom it concerns."""
        latest = since
        async with self.bell.listen(watch_topic(person_id)) as ear:

            async def turn() -> None:
                nonlocal latest
                latest = await self._look(person_id, audience, latest)
                await ear.wait(_LOOK_EVERY_SECONDS)

            await repeat("watch", turn)

    async def _look(self, person_id: UUID, audience: _Audience, latest: datetime) -> datetime:
        async with self.database.transaction() as tx:
            changed = await tx.agents.changed_since(person_id, latest - _SETTLES_WITHIN)
            grants = await tx.access.grants(person_id)
            wanted = {watcher.agent_id for watcher in audience.watchers}
            happened = {
                agent_id: await tx.events.after(agent_id, *place)
                for agent_id, place in audience.places.items()
                if agent_id in wanted
            }
        fresh = [agent for agent in changed if audience.seen.get(agent.id) != agent.updated_at]
        audience.seen = {agent.id: agent.updated_at for agent in changed}
        for agent_id, events in happened.items():
            if events:
                audience.places[agent_id] = (events[-1].leg, events[-1].seq)
        for watcher in audience.watchers:
            news = fresh if watcher.agent_id is None else happened.get(watcher.agent_id, [])
            if watcher.grant is not None and watcher.grant not in grants:
                watcher.let_go()
            elif not all(watcher.tell(each) for each in news):
                _log.info("watcher_behind", person=str(person_id))
                watcher.let_go()
        return max([latest, *(agent.updated_at for agent in fresh)])


async def _heard(watcher: Watcher) -> AsyncGenerator[Event | Agent | None]:
    """What the watcher is told; None for every 15 s without news."""
    while True:
        try:
            async with asyncio.timeout(15):
                news = await watcher.news.get()
        except TimeoutError:
            yield None
            continue
        if news is None:
            return
        yield news
