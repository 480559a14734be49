"""Receives the one door of a box: a listening socket made inside the box's network, accepted from outside."""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.sandbox.daemon.box_spec import GATE_PORT, GATE_SOCKET
from core.sandbox.daemon.readiness import readable

_PEER: Final = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class Door:
    """The listening socket, and the process that holds the box."""

    listener: socket.socket
    pid: int


def _checked(descriptors: list[int]) -> socket.socket:
    """The socket that was handed over, if it is what a launcher hands over and nothing else."""
    if len(descriptors) != 1:
        raise ConnectionError("the launcher did not hand over a door")
    listener = socket.socket(fileno=descriptors[0])
    listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    if listener.family != socket.AF_INET or not listening or listener.getsockname() != ("127.0.0.1", GATE_PORT):
        listener.close()
        raise ConnectionError("the launcher handed over something else than a door")
    listener.settimeout(0)
    return listener


async def _receive(desk: socket.socket) -> Door:
    connection, _ = await asyncio.get_running_loop().sock_accept(desk)
    with connection:
        await readable(connection)
        _, descriptors, _, _ = socket.recv_fds(connection, 16, 4)
        pid, _, _ = _PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        door = Door(_checked(descriptors), pid)
        connection.send(b"!")
        return door


def _desk(folder: Path) -> socket.socket:
    """A socket in ``folder``, named by way of the open folder because a socket's own name may not be long."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        desk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        desk.bind(f"/proc/self/fd/{descriptor}/{GATE_SOCKET}")
    finally:
        os.close(descriptor)
    desk.listen(1)
    desk.settimeout(0)
    return desk


@asynccontextmanager
async def expect_door(folder: Path) -> AsyncGenerator[asyncio.Task[Door]]:
    """Wait for the launcher that was described in ``folder``; start it inside this block."""
    (folder / GATE_SOCKET).unlink(missing_ok=True)
    with _desk(folder) as desk:
        receiving = asyncio.create_task(_receive(desk))
        try:
            yield receiving
        finally:
            receiving.cancel()
            (folder / GATE_SOCKET).unlink(missing_ok=True)
