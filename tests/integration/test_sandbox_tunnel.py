"""The way to hosts on a list, and every way around it that was ever found. Ids as in the test matrix: A to F, X1."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sandbox.daemon.client_hello import NotTls, server_name
from core.sandbox.daemon.hosts import Denied, allow_list, host_name, vet
from core.sandbox.daemon.tunnel import Stream, Tunnel
from tests.integration.tunnel_rows import (
    ALLOWED,
    HOSTS,
    INSIDE,
    INWARD,
    PUBLIC,
    REACHED,
    REQUESTS,
    hello,
    in_pieces,
)


@dataclass
class World:
    """The tunnel with an internet of its own: every address leads to one server that writes down what it is sent."""

    port: int = 0
    arrived: bytearray = field(default_factory=bytearray)
    answers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    looked_up: list[str] = field(default_factory=list[str])
    dialled: list[str] = field(default_factory=list[str])
    blocked: list[str] = field(default_factory=list[str])

    async def resolve(self, host: str) -> list[str]:
        self.looked_up.append(host)
        return self.answers.get(host, [PUBLIC])

    async def connect(self, address: str) -> Stream:
        self.dialled.append(address)
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def far_side(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1 << 16):
            self.arrived += chunk
            writer.write(b"heard " + chunk[:4])
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def send(self, request: str | bytes, then: bytes | None = None) -> tuple[str, bytes]:
        """Send a request as raw as it is, and ``then`` something into the tunnel; the status, and what came back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.gate)
        raw = request if isinstance(request, bytes) else request.encode("latin-1")
        writer.write(raw)
        async with asyncio.timeout(15):
            head = await reader.readuntil(b"\r\n\r\n")
            answered = b""
            if then is not None:
                with suppress(ConnectionError):
                    writer.write(then)
                    await writer.drain()
                    answered = await reader.read(1 << 16)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        return head.decode().split("\r\n")[0].partition(" ")[2], answered

    async def ask(self, authority: str, then: bytes | None = None) -> tuple[str, bytes]:
        return await self.send(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n", then)

    gate: int = 0


@asynccontextmanager
async def served(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncGenerator[int]:
    """The port at which callers are answered; at the end all that was begun is waited for."""
    answering: set[asyncio.Task[None]] = set()

    async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        answering.add(task)
        await answer(reader, writer)

    server = await asyncio.start_server(answer_one, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        async with asyncio.timeout(15):
            await asyncio.gather(*answering)


@pytest_asyncio.fixture
async def world() -> AsyncGenerator[World]:
    world = World()
    tunnel = Tunnel(ALLOWED, world.blocked.append, lambda: None, world.resolve, world.connect)
    async with served(world.far_side) as world.port, served(tunnel.serve) as world.gate:
        yield world


@pytest.mark.parametrize("authority", REACHED.values())
async def test_a_an_allowed_host_is_reached(world: World, authority: str) -> None:
    said = hello("api.allowed.example")
    status, answered = await world.ask(authority, said)

    assert status == "200 Connection established"
    assert answered.startswith(b"heard ")
    assert bytes(world.arrived) == said
    assert world.dialled == [PUBLIC]
    assert world.blocked == []


@pytest.mark.parametrize(("row", "authority", "reason"), HOSTS)
async def test_b_c_whoever_is_not_on_the_list_is_not_even_looked_up(
    world: World, row: str, authority: str, reason: str
) -> None:
    status, _ = await world.ask(authority)

    assert status == f"403 {reason}", row
    assert (world.looked_up, world.dialled) == ([], [])
    assert len(world.blocked) == 1


@pytest.mark.parametrize("row", INSIDE)
async def test_d_who_says_another_name_inside_gets_nothing_through(world: World, row: str) -> None:
    status, answered = await world.ask("api.allowed.example:443", INSIDE[row])

    assert status == "200 Connection established"
    assert answered in {b"", b"\x15\x03\x03\x00\x02\x02\x31"}
    assert bytes(world.arrived) == b""
    assert world.blocked != []


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_d_a_name_in_many_records_is_put_together(world: World, size: int) -> None:
    said = in_pieces(hello("api.allowed.example"), size)
    _, answered = await world.ask("api.allowed.example:443", said)

    assert answered.startswith(b"heard ")


@pytest.mark.parametrize("address", INWARD)
async def test_e_a_name_that_leads_inward_is_not_followed(world: World, address: str) -> None:
    world.answers["api.allowed.example"] = [address]
    status, _ = await world.ask("api.allowed.example:443")

    assert status == "403 resolves-to-denied-range"
    assert world.dialled == []


async def test_e10_one_address_that_leads_inward_spoils_them_all(world: World) -> None:
    world.answers["api.allowed.example"] = [PUBLIC, "10.0.0.5"]

    assert (await world.ask("api.allowed.example:443"))[0] == "403 resolves-to-denied-range"
    world.answers["api.allowed.example"] = []
    assert (await world.ask("api.allowed.example:443"))[0] == "403 does-not-resolve"


async def test_e11_a_name_that_changes_its_mind_is_dialled_where_it_was_looked_up(world: World) -> None:
    flips = cycle([[PUBLIC], ["10.0.0.5"]])

    async def resolve(_host: str) -> list[str]:
        return next(flips)

    tunnel = Tunnel(ALLOWED, world.blocked.append, lambda: None, resolve, world.connect)
    async with served(tunnel.serve) as world.gate:
        statuses = [(await world.ask("api.allowed.example:443"))[0] for _ in range(120)]

    assert set(world.dialled) == {PUBLIC}
    assert statuses.count("403 resolves-to-denied-range") == 60


@pytest.mark.parametrize("row", REQUESTS)
async def test_f_whatever_is_no_plain_connect_is_refused(world: World, row: str) -> None:
    status, _ = await world.send(REQUESTS[row])

    assert status.startswith("403 ")
    assert (world.dialled, bytes(world.arrived)) == ([], b"")


async def test_many_at_once_are_all_served(world: World) -> None:
    said = hello("api.allowed.example")
    outcomes = await asyncio.gather(*(world.ask("api.allowed.example:443", said) for _ in range(64)))

    assert all(answered.startswith(b"heard ") for _, answered in outcomes)


@given(st.binary(max_size=600))
@settings(max_examples=500, deadline=None)
def test_x1_nothing_makes_the_reader_of_hellos_fail_or_say_the_wrong_name(data: bytes) -> None:
    with suppress(NotTls):
        assert server_name(data) == server_name(data)


@given(st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=100, deadline=None)
def test_x1_a_hello_with_one_wrong_byte_names_nobody_else_by_accident(at: int, byte: int) -> None:
    said = bytearray(hello("api.allowed.example"))
    said[at % len(said)] = byte
    with suppress(NotTls):
        assert len(server_name(bytes(said))) <= len("api.allowed.example")


@given(st.text(max_size=80))
@settings(max_examples=500, deadline=None)
def test_x1_a_name_is_an_ordinary_one_or_none(text: str) -> None:
    with suppress(Denied):
        name = host_name(text)
        assert host_name(name) == name
        assert name.isascii()
        assert not name.rpartition(".")[2].isdigit()


@given(st.lists(st.ip_addresses().map(str), max_size=4))
@settings(max_examples=300, deadline=None)
def test_x1_no_address_makes_vetting_fail(addresses: list[str]) -> None:
    with suppress(Denied):
        assert vet(addresses) == list(dict.fromkeys(addresses))


def test_a_list_of_names_is_read_and_what_is_none_is_refused() -> None:
    assert allow_list(" API.example.org, files.example.org\n") == {"api.example.org", "files.example.org"}
    assert allow_list("") == frozenset()
    for wrong in ("https://example.org", "*.example.org", "10.0.0.1", "localhost"):
        with pytest.raises(Denied):
            allow_list(wrong)
