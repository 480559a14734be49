"""What happens to agents: as pages to read, and as events that are sent while they happen (SSE)."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError
from quart import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from api.agents import my_agent
from api.callers import the_caller
from api.contract import Answer, Wanted, about, answers, asks
from api.views import PLACE, AgentView, LogPage, event_view, place_of, read_place
from core.model.agent import Agent
from core.model.event import Event
from core.store.database import Database
from core.watch import Place, Watch

_STREAM: Final = "text/event-stream"
_FOLLOW_SECONDS: Final = 20.0
_MOMENT: Final[TypeAdapter[datetime | None]] = TypeAdapter(AwareDatetime | None)
# Before anything that has happened here, and far from where dates end.
_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
_KEEP_ALIVE: Final = b": nothing new\n\n"


class WhichEvents(Wanted):
    """Which of an agent's events. With ``follow`` the answer waits up to 20 s for one that is new."""

    cursor: str | None = Field(default=None, pattern=PLACE)
    limit: int = Field(default=200, ge=1, le=500)
    follow: bool = False


def live_routes(database: Database, watch: Watch) -> Blueprint:
    """The caller's own agents, read on or watched."""
    routes = Blueprint("live", __name__, url_prefix="/api")

    async def mine(agent_id: UUID) -> Agent:
        async with database.transaction() as tx:
            return await my_agent(tx, agent_id)

    async def after(agent_id: UUID, place: Place, limit: int) -> list[Event]:
        async with database.transaction() as tx:
            return await tx.events.after(agent_id, *place, limit=limit)

    @routes.get("/agents/<uuid:agent_id>/logs")
    @asks(WhichEvents)
    @answers(LogPage)
    @about("Live")
    async def logs(agent_id: UUID, query_args: WhichEvents) -> Answer:
        """Read what happened to an agent, oldest first."""
        agent = await mine(agent_id)
        place = read_place(query_args.cursor)
        events = await after(agent_id, place, query_args.limit)
        if not events and query_args.follow:
            await _next(watch, agent, place)
            events = await after(agent_id, place, query_args.limit)
        last = place_of(events[-1]) if events else query_args.cursor or "0.0"
        return LogPage(events=[event_view(event) for event in events], next_cursor=last)

    @routes.get("/agents/<uuid:agent_id>/events")
    @about("Live")
    async def events(agent_id: UUID) -> Response:
        """Watch an agent: its events as they happen. Comes back with Last-Event-ID where it broke off."""
        agent = await mine(agent_id)
        place = read_place(request.headers.get("Last-Event-ID"))
        return _stream(_told(watch.events(agent, place, the_caller().grant)))

    @routes.get("/events")
    @about("Live")
    async def everything() -> Response:
        """Watch all of your agents: each as it is whenever it has changed."""
        caller = the_caller()
        since = _moment(request.headers.get("Last-Event-ID"))
        return _stream(_told(watch.agents(caller.person.id, since, caller.grant)))

    return routes


async def _next(watch: Watch, agent: Agent, place: Place) -> None:
    """Return when there is something new, or when it has taken too long."""
    try:
        async with asyncio.timeout(_FOLLOW_SECONDS):
            async for event in watch.events(agent, place, the_caller().grant):
                if event is not None:
                    return
    except TimeoutError:
        return


def _moment(text: str | None) -> datetime | None:
    try:
        moment = _MOMENT.validate_python(text)
    except ValidationError:
        raise BadRequest("Send the Last-Event-ID that you were given, or none.") from None
    return None if moment is None else max(moment, _LONG_AGO)


async def _told(news: AsyncGenerator[Event | Agent | None]) -> AsyncIterator[bytes]:
    """As lines of an event stream. What nobody hears any more is not read any longer."""
    # At once, so that whoever opens the stream knows that it is open.
    yield b"retry: 1000\n\n"
    try:
        async for item in news:
            match item:
                case None:
                    yield _KEEP_ALIVE
                case Event():
                    yield _line(place_of(item), item.happening.kind, event_view(item).model_dump(mode="json"))
                case Agent():
                    shown = AgentView.of(item).model_dump(mode="json")
                    yield _line(item.updated_at.isoformat(), "agent", shown)
    finally:
        await news.aclose()


def _line(place: str, kind: str, data: object) -> bytes:
    return f"id: {place}\nevent: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def _stream(lines: AsyncIterator[bytes]) -> Response:
    response = Response(lines, content_type=_STREAM)
    response.headers["Cache-Control"] = "no-store"
    # nginx would otherwise keep what was said until there is more of it.
    response.headers["X-Accel-Buffering"] = "no"
    response.timeout = None
    return response
