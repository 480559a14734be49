"""The way to hosts on a list, and every way around it that was ever found. Ids as in the test matrix: A to F, X1."""

import asyncio
import ssl
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

PUBLIC = "203.0.113.7"
ALLOWED = frozenset({"api.allowed.example", "other.allowed.example"})


def hello(name: str | None) -> bytes:
    """What a real client says first."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with suppress(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


def in_pieces(data: bytes, size: int) -> bytes:
    """The same handshake in many small records."""
    body = data[5:]
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(data[:3] + len(chunk).to_bytes(2, "big") + chunk for chunk in chunks)


def with_extension(data: bytes, kind: int, content: bytes) -> bytes:
    """The same hello with one more extension."""
    extra = kind.to_bytes(2, "big") + len(content).to_bytes(2, "big") + content
    body = bytearray(data[9:])
    at = 2 + 32
    at += 1 + body[at]
    at += 2 + int.from_bytes(body[at : at + 2], "big")
    at += 1 + body[at]
    length = int.from_bytes(body[at : at + 2], "big") + len(extra)
    body[at : at + 2] = length.to_bytes(2, "big")
    body += extra
    handshake = b"\x01" + len(body).to_bytes(3, "big") + bytes(body)
    return data[:3] + len(handshake).to_bytes(2, "big") + handshake


def name_extension(*names: str) -> bytes:
    entries = b"".join(b"\x00" + len(name).to_bytes(2, "big") + name.encode() for name in names)
    return len(entries).to_bytes(2, "big") + entries


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


@pytest.mark.parametrize(
    "authority", ["api.allowed.example:443", "API.Allowed.Example:443", "api.allowed.example.:443"]
)
async def test_a_an_allowed_host_is_reached(world: World, authority: str) -> None:
    said = hello("api.allowed.example")
    status, answered = await world.ask(authority, said)

    assert status == "200 Connection established"
    assert answered.startswith(b"heard ")
    assert bytes(world.arrived) == said
    assert world.dialled == [PUBLIC]
    assert world.blocked == []


HOSTS = [
    ("b1", "evil.example:443", "host-not-allowed"),
    ("b2", "api.allowed.example:22", "port-not-allowed"),
    ("b3", "api.allowed.example:8443", "port-not-allowed"),
    ("b4", "api.allowed.example:80", "port-not-allowed"),
    ("b5", "api.allowed.example.evil.example:443", "host-not-allowed"),
    ("b6", "evilapi.allowed.example:443", "host-not-allowed"),
    ("b7", "api.allowed.example@evil.example:443", "not-a-hostname"),
    ("b8", "[api.allowed.example]:443", "not-a-hostname"),
    ("b9", "[evil.example]:443", "not-a-hostname"),
    ("b10", "evil.example.:443", "host-not-allowed"),
    ("b11", "api%2eallowed%2eexample:443", "not-a-hostname"),
    ("b12", "a" * 254 + ".example:443", "not-a-hostname"),
    ("b12", "api..allowed.example:443", "not-a-hostname"),
    ("b12", "api.allowed.example\t:443", "connect-only"),
    ("b12", "api.allowed.example :443", "connect-only"),
    ("b12", "api.allowed.ex\xe4mple:443", "connect-only"),
    ("b12", "evil\0.allowed.example:443", "connect-only"),
    ("c1", "198.51.100.9:443", "not-a-hostname"),
    ("c2", "203.0.113.7:443", "not-a-hostname"),
    ("c3", "[2001:db8::1]:443", "not-a-hostname"),
    ("c4", "[::ffff:203.0.113.7]:443", "not-a-hostname"),
    ("c5", "3405803783:443", "not-a-hostname"),
    ("c6", "0xcb007107:443", "not-a-hostname"),
    ("c7", "0313.0.0161.07:443", "not-a-hostname"),
    ("c8", "127.1:443", "not-a-hostname"),
    ("c9", "203.0.113.7.:443", "not-a-hostname"),
    ("c10", "169.254.169.254:443", "not-a-hostname"),
    ("c11", "[fdaa::3]:4280", "not-a-hostname"),
    ("c12", "_api.internal:443", "not-a-hostname"),
    ("c13", "localhost:443", "not-a-hostname"),
    ("c13", "127.0.0.1:8377", "not-a-hostname"),
]


@pytest.mark.parametrize(("row", "authority", "reason"), HOSTS)
async def test_b_c_whoever_is_not_on_the_list_is_not_even_looked_up(
    world: World, row: str, authority: str, reason: str
) -> None:
    status, _ = await world.ask(authority)

    assert status == f"403 {reason}", row
    assert (world.looked_up, world.dialled) == ([], [])
    assert len(world.blocked) == 1


INSIDE = {
    "d1": hello("evil.example"),
    "d2": hello("other.allowed.example"),
    "d3": hello(None),
    "d4": b"SSH-2.0-OpenSSH_9.7\r\n",
    "d5": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "d7": in_pieces(hello("evil.example"), 1),
    "d8": with_extension(hello("api.allowed.example"), 0, name_extension("evil.example")),
    "d8 in one": with_extension(hello(None), 0, name_extension("api.allowed.example", "evil.example")),
    "d9": b"\x16\x03\x01\x40\x00" + b"\x01\x00\xff\xff" + b"\x00" * 16380,
    "d10": with_extension(hello("api.allowed.example"), 0xFE0D, b"\x00" * 32),
    "a name that is no ASCII": with_extension(hello(None), 0, b"\x00\x06\x00\x00\x03\xff\xfe\xfd"),
    "lengths that lie": hello("api.allowed.example")[:60] + b"\xff" * (len(hello("api.allowed.example")) - 60),
}


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


INWARD = """
    10.0.0.5 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 127.0.0.1 0.0.0.0 100.64.0.1 198.18.0.1 224.0.0.1
    255.255.255.255 168.63.129.16 192.0.0.8
    ::1 :: ::ffff:10.0.0.1 ::ffff:203.0.113.7 64:ff9b::a00:1 64:ff9b:1::1 2002:a00:1:: 2001:0:53aa:64c:0:0:f5ff:fffe
    fdaa::3 fc00::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 100::1
""".split()


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


LINE = "CONNECT api.allowed.example:443 HTTP/1.1\r\n"
REQUESTS = {
    "f1": "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f2": "GET https://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f3": "GET ftp://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f4": "GET / HTTP/1.1\r\nHost: api.allowed.example\r\n\r\n",
    "f5": LINE + "\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f6": LINE.replace("\r\n", "\n") + "\n\r\n\r\n",
    "f7": "CONNECT api.allowed.example:443 evil.example:443 HTTP/1.1\r\n\r\n",
    "f8": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "f9": "CONNECT api.allowed.example:443\r\n\r\n",
    "f10": "CONNECT api.allowed.example:443 HTTP/2.0\r\n\r\n",
    "f11": LINE + "X: " + "a" * 20_000 + "\r\n\r\n",
    "f12": "connect api.allowed.example:443 HTTP/1.1\r\n\r\n",
    "f13": "CONNECT api.allowed.example:443 HTTP/1.1 \r\n\r\n",
    "f14": "CONNECT  api.allowed.example:443 HTTP/1.1\r\n\r\n",
    "f15": "CONNECT api.allowed.example HTTP/1.1\r\n\r\n",
    "f16": "CONNECT api.allowed.example: HTTP/1.1\r\n\r\n",
    "f17": "CONNECT api.allowed.example:0443x HTTP/1.1\r\n\r\n",
    "f18": "GET cache_object://localhost/mgr:info HTTP/1.0\r\n\r\n",
}


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
