"""``/ws/daemon``: the socket that every machine dials out to."""

import asyncio
from typing import NoReturn

import structlog
from pydantic import ValidationError
from quart import Blueprint, ResponseReturnValue, websocket

from core.agents.machine_line import Frame, MachineLine
from core.sandbox.protocol import DOWNWARD, PROTOCOL_VERSION, UPWARD, EventReport, Heartbeat, Hello
from core.sandbox.tokens import hash_token
from core.wiring import Core, machine_topic

_log = structlog.get_logger(__name__)
_LOOK_EVERY_SECONDS = 3.0
_MOST_UNHEARD = 256
_POLICY_VIOLATION = 1008


def daemon_routes(core: Core) -> Blueprint:
    """The machines' way in."""
    routes = Blueprint("daemon", __name__)

    @routes.websocket("/ws/daemon")
    async def connect() -> ResponseReturnValue | None:
        scheme, _, token = websocket.headers.get("Authorization", "").partition(" ")
        async with core.database.transaction() as tx:
            machine_id = await tx.machines.by_token(hash_token(token)) if scheme == "Bearer" else None
        if machine_id is None:
            return "This machine is not known here.", 401
        # The address that the machine has dialled is the one that works for its gateways, too.
        ours = core.settings.url_for(websocket.host)
        line = MachineLine(machine_id, core.database, core.intake, core.orchestrator, core.tokens, core.authors, ours)
        try:
            await _converse(core, line)
        except* ValidationError as error:
            _log.warning("daemon_spoke_nonsense", machine=str(machine_id), errors=len(error.exceptions))
            await websocket.close(_POLICY_VIOLATION, "that was not a frame of this protocol")
        return None

    return routes


async def _converse(core: Core, line: MachineLine) -> None:
    hello = UPWARD.validate_json(await websocket.receive())
    if not isinstance(hello, Hello) or hello.version != PROTOCOL_VERSION:
        await websocket.close(_POLICY_VIOLATION, f"this Cadence speaks protocol {PROTOCOL_VERSION}")
        return
    await _send([await line.greet(hello)])
    _log.info("machine_connected", machine=hello.machine, isolation=hello.self_test.isolation)
    # Whichever half fails takes the other with it: the daemon dials in again, and what it was told is told again.
    async with asyncio.TaskGroup() as group:
        group.create_task(_tell(core, line))
        arrived: asyncio.Queue[Hello | EventReport | Heartbeat] = asyncio.Queue(_MOST_UNHEARD)
        group.create_task(_receive(arrived))
        await _hear(line, arrived)


async def _receive(arrived: asyncio.Queue[Hello | EventReport | Heartbeat]) -> NoReturn:
    while True:
        await arrived.put(UPWARD.validate_json(await websocket.receive()))


async def _hear(line: MachineLine, arrived: asyncio.Queue[Hello | EventReport | Heartbeat]) -> NoReturn:
    """Whatever has arrived while something was taken in is taken in together."""
    while True:
        frames = [await arrived.get()]
        while not arrived.empty():
            frames.append(arrived.get_nowait())
        await _send(await line.hear(*frames))


async def _tell(core: Core, line: MachineLine) -> None:
    async with core.bell.listen(machine_topic(line.machine_id)) as ear:
        while True:
            await _send(await line.due())
            await ear.wait(_LOOK_EVERY_SECONDS)


async def _send(frames: list[Frame]) -> None:
    for frame in frames:
        await websocket.send(DOWNWARD.dump_json(frame).decode())
