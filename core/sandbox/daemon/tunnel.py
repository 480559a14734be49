"""A way through the gate to the hosts on a list: HTTPS only, to whom it says, at addresses that were looked at."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from core.sandbox.daemon.client_hello import LARGEST, Incomplete, NotTls, server_name
from core.sandbox.daemon.hosts import HTTPS, Denied, host_name, vet

_log = structlog.get_logger(__name__)

_LARGEST_HEAD: Final = 1 << 14
_HEAD_SECONDS: Final = 10.0
_IDLE_SECONDS: Final = 300.0
_DIAL_SECONDS: Final = 10.0
_REQUEST: Final = re.compile(rb"CONNECT ([\x21-\x7e]{1,300}):([0-9]{1,5}) HTTP/1\.[01]\r\n(?:[^\r\n]+\r\n)*\r\n")
_ALERT: Final = b"\x15\x03\x03\x00\x02\x02\x31"  # access_denied
_CHUNK: Final = 1 << 16

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def look_up(host: str) -> list[str]:
    """Every address that the machine's resolver has for a host."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return []
    return [str(entry[4][0]) for entry in found]


async def dial(address: str) -> Stream:
    """Connect to an address, which is not looked up again."""
    return await asyncio.open_connection(address, HTTPS)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One run's. Nothing is forwarded before everything that can be checked has been."""

    allowed: frozenset[str]
    blocked: Callable[[str], None]
    active: Callable[[], None]
    resolve: Callable[[str], Awaitable[list[str]]] = field(default=look_up)
    connect: Callable[[str], Awaitable[Stream]] = field(default=dial)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection from its CONNECT to its end."""
        try:
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError) as problem:
            _log.debug("tunnel_broken", error=type(problem).__name__)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await _head(reader)
        shown = head.partition(b"\r\n")[0].decode("latin-1").removeprefix("CONNECT ").partition(" ")[0][:200]
        try:
            host = self._wanted(head)
            addresses = vet(await self.resolve(host))
        except Denied as denial:
            self.blocked(shown)
            await _answer(writer, f"403 {denial}")
            return
        try:
            upstream = await self._dial(addresses)
        except OSError:
            await _answer(writer, "502 unreachable")
            return
        await self._join(host, (reader, writer), upstream)

    def _wanted(self, head: bytes) -> str:
        request = _REQUEST.fullmatch(head)
        if request is None:
            raise Denied("connect-only")
        host = host_name(request[1].decode("ascii"))
        if int(request[2]) != HTTPS:
            raise Denied("port-not-allowed")
        if host not in self.allowed:
            raise Denied("host-not-allowed")
        return host

    async def _dial(self, addresses: list[str]) -> Stream:
        problem: OSError = ConnectionRefusedError("no address")
        for address in addresses:
            try:
                async with asyncio.timeout(_DIAL_SECONDS):
                    return await self.connect(address)
            except OSError as failed:
                problem = failed
        raise problem

    async def _join(self, host: str, box: Stream, upstream: Stream) -> None:
        try:
            await _answer(box[1], "200 Connection established", more=True)
            hello = await _hello(box[0], host)
            if hello is None:
                self.blocked(f"{host} (something else inside)")
                box[1].write(_ALERT)
                return
            upstream[1].write(hello)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pass_on(box[0], upstream[1]))
                ways.create_task(self._pass_on(upstream[0], box[1]))
        except* (ConnectionError, TimeoutError) as broken:
            _log.debug("tunnel_broken", error=type(broken.exceptions[0]).__name__)
        finally:
            upstream[1].close()
            with suppress(ConnectionError):
                await upstream[1].wait_closed()

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(_IDLE_SECONDS):
                chunk = await source.read(_CHUNK)
            if not chunk:
                break
            self.active()
            target.write(chunk)
            await target.drain()
        with suppress(OSError):
            target.write_eof()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The request's head, or as much of it as is not worth waiting for more of."""
    async with asyncio.timeout(_HEAD_SECONDS):
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _LARGEST_HEAD:
            chunk = await reader.read(_LARGEST_HEAD - len(head))
            if not chunk:
                break
            head += chunk
    return head


async def _hello(reader: asyncio.StreamReader, host: str) -> bytes | None:
    """The client's first words, if they are TLS that names the host and no other; else None."""
    hello = b""
    try:
        async with asyncio.timeout(_HEAD_SECONDS):
            while chunk := await reader.read(LARGEST):
                hello += chunk
                with suppress(Incomplete):
                    return hello if server_name(hello) == host else None
    except (NotTls, TimeoutError):
        return None
    return None


async def _answer(writer: asyncio.StreamWriter, status: str, *, more: bool = False) -> None:
    closing = "" if more else "Connection: close\r\nContent-Length: 0\r\n"
    writer.write(f"HTTP/1.1 {status}\r\n{closing}\r\n".encode())
    await writer.drain()
