"""Two kinds of callers come to one door: those who want a tunnel, and those who speak HTTP with us."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from socket import MSG_PEEK, socket
from typing import Final

from aiohttp import web

from core.sandbox.daemon.readiness import readable

_WORD: Final = b"CONNECT "
_FIRST_WORD_SECONDS: Final = 10.0
_MOST_AT_ONCE: Final = 256

Tunnelling = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def accept(listener: socket, server: web.Server, tunnel: Tunnelling) -> None:
    """Let callers in until cancelled, which ends the tunnels; the others are the server's to end."""
    loop = asyncio.get_running_loop()
    room = asyncio.Semaphore(_MOST_AT_ONCE)
    tasks: set[asyncio.Task[None]] = set()

    async def receive(caller: socket) -> None:
        async with room:
            await _receive(caller, server, tunnel)

    try:
        while True:
            caller, _ = await loop.sock_accept(listener)
            task = asyncio.create_task(receive(caller))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _receive(caller: socket, server: web.Server, tunnel: Tunnelling) -> None:
    try:
        async with asyncio.timeout(_FIRST_WORD_SECONDS):
            tunnelling = await _wants_tunnel(caller)
    except (TimeoutError, OSError):
        caller.close()
        return
    if tunnelling:
        await tunnel(*await asyncio.open_connection(sock=caller))
        return
    with suppress(OSError):
        await asyncio.get_running_loop().connect_accepted_socket(server, caller)


async def _wants_tunnel(caller: socket) -> bool:
    """Look at the first word without taking it."""
    while True:
        await readable(caller)
        word = caller.recv(len(_WORD), MSG_PEEK)
        if len(word) == len(_WORD) or not _WORD.startswith(word) or not word:
            return word == _WORD
        await asyncio.sleep(0.01)  # It is readable, but not yet enough; nothing tells of more.
