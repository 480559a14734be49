"""Waits for the kernel to say that there is something to read, or that a process has ended."""

import asyncio
from socket import socket


async def readable(source: socket | int) -> None:
    """Return when ``source`` is readable; a pidfd is when its process has ended."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(source, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(source)
