"""What the gate costs: a call of the model, a package, and a tunnel, each next to the same without the gate."""

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from socket import AF_INET, SOCK_STREAM, socket
from typing import Final

import aiohttp
from aiohttp import web

from benchmarks.figures import report, timed
from core.sandbox.daemon.gate import Gate
from core.sandbox.daemon.registries import Outside, Registries
from core.sandbox.daemon.tunnel import Stream, Tunnel

CALLS: Final = 300
FILE: Final = b"x" * (200 << 20)
HOST: Final = "files.example.org"


async def far_side(request: web.BaseRequest) -> web.StreamResponse:
    if request.method == "POST":
        await request.read()
        return web.json_response({"content": "at once"})
    response = web.StreamResponse(headers={"content-type": "application/octet-stream"})
    await response.prepare(request)
    for at in range(0, len(FILE), 1 << 16):
        await response.write(FILE[at : at + (1 << 16)])
    await response.write_eof()
    return response


@asynccontextmanager
async def served() -> AsyncGenerator[str]:
    runner = web.ServerRunner(web.Server(far_side, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def main() -> None:
    async with served() as far, aiohttp.ClientSession() as http:
        outside = Outside(Registries(pypi=f"{far}/simple", npm=far))
        gate = Gate(far, "token", "key", lambda _: None, lambda: None, outside)
        with socket(AF_INET, SOCK_STREAM) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.settimeout(0)
            near = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with gate.serve(listener):
                await measure_calls(http, far, near)
                await measure_files(http, far, near)
        await measure_tunnel()


async def measure_calls(http: aiohttp.ClientSession, far: str, near: str) -> None:
    async def call(base: str) -> None:
        body = {"model": "m", "messages": [{"role": "user", "content": "a" * 4000}]}
        async with http.post(f"{base}/v1/messages", json=body, headers={"x-api-key": "key"}) as answer:
            await answer.read()

    await timed(20, lambda: call(near))
    direct, through = await timed(CALLS, lambda: call(far)), await timed(CALLS, lambda: call(near))
    report("a call of the model, direct (baseline)", direct, direct)
    report("a call of the model, through the gate", through, direct)


async def measure_files(http: aiohttp.ClientSession, far: str, near: str) -> None:
    async def fetch(url: str) -> float:
        began = time.perf_counter()
        async with http.get(url) as answer:
            async for _ in answer.content.iter_chunked(1 << 16):
                pass
        return len(FILE) / 1e6 / (time.perf_counter() - began)

    direct, through = await fetch(f"{far}/file"), await fetch(f"{near}/npm/file")
    print(f"{'a package':<46} {through:8.1f} MB/s   direct {direct:8.1f} MB/s   ({through / direct:5.2f}x)")


async def measure_tunnel() -> None:
    """Bytes behind a ClientHello; the far side sends a file to whoever has said one."""

    async def far_side_of_tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1 << 14)
        for at in range(0, len(FILE), 1 << 16):
            writer.write(FILE[at : at + (1 << 16)])
            await writer.drain()
        writer.close()

    async def resolve(_host: str) -> list[str]:
        return ["203.0.113.7"]

    server = await asyncio.start_server(far_side_of_tunnel, "127.0.0.1", 0)

    async def connect(_address: str) -> Stream:
        return await asyncio.open_connection(*server.sockets[0].getsockname()[:2])

    tunnel = Tunnel(frozenset({HOST}), lambda _: None, lambda: None, resolve, connect)
    near = await asyncio.start_server(tunnel.serve, "127.0.0.1", 0)
    async with server, near:
        reader, writer = await connect("")
        direct = await received(reader, writer)
        reader, writer = await asyncio.open_connection(*near.sockets[0].getsockname()[:2])
        writer.write(f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        through = await received(reader, writer)
    print(f"{'a tunnel':<46} {through:8.1f} MB/s   direct {direct:8.1f} MB/s   ({through / direct:5.2f}x)")


async def received(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
    began = time.perf_counter()
    writer.write(hello())
    total = 0
    while chunk := await reader.read(1 << 16):
        total += len(chunk)
    writer.close()
    return total / 1e6 / (time.perf_counter() - began)


def hello() -> bytes:
    context = ssl.create_default_context()
    outgoing = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=HOST).do_handshake()
    return outgoing.read()


if __name__ == "__main__":
    asyncio.run(main())
