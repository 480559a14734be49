"""A box may read packages at its machine's registries, and do nothing else there."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from core.sandbox.daemon.door import expect_door
from core.sandbox.daemon.gate import Gate
from core.sandbox.daemon.jail import Boxed
from core.sandbox.daemon.limits import Limits
from core.sandbox.daemon.registries import Outside, Registries, find_registries
from core.sandbox.daemon.self_test import make_jail

WHEEL = b"PK this would be a wheel" * 1000
HERE = "http://127.0.0.1:8377"


@dataclass
class Registry:
    """An index of packages, and a store of files on another port, as they answer pip and npm."""

    index: str = ""
    store: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list[tuple[str, str, dict[str, str]]])

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append((request.method, request.raw_path, dict(request.headers)))
        match request.path:
            case "/simple/six/":
                page = (
                    f'<a href="{self.store}/packages/six.whl#sha256=00">six</a> <a href="../../beside/six.zip">zip</a>'
                )
                return web.Response(text=page, content_type="text/html", headers={"etag": '"1"', "set-cookie": "a=b"})
            case "/simple/moved/":
                raise web.HTTPFound("/simple/six/")
            case "/simple/away/":
                raise web.HTTPFound(f"{self.store}/packages/six.whl?signature=abc")
            case "/left-pad":
                return web.json_response({"dist": {"tarball": f"{self.store}/left-pad.tgz"}})
            case "/packages/six.whl" | "/beside/six.zip" | "/left-pad.tgz":
                return _file(request)
            case _:
                raise web.HTTPNotFound


def _file(request: web.BaseRequest) -> web.Response:
    if request.headers.get("Range") == "bytes=0-3":
        headers = {"content-range": f"bytes 0-3/{len(WHEEL)}"}
        return web.Response(status=206, body=WHEEL[:4], headers=headers, content_type="application/octet-stream")
    return web.Response(body=WHEEL, content_type="application/octet-stream")


@asynccontextmanager
async def served(answer: web.Server) -> AsyncGenerator[str]:
    runner = web.ServerRunner(answer)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass
class World:
    registry: Registry
    gate: Gate
    url: str
    blocked: list[str]

    async def ask(self, method: str, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Ask as raw as that can be: the path goes out as it is written here."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:8377", "Connection: close", "Content-Length: 0"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        await writer.drain()
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        status, *fields = head.decode("latin-1").split("\r\n")
        answered = {name.lower(): value for name, _, value in (line.partition(": ") for line in fields)}
        return int(status.split()[1]), body, answered


@pytest_asyncio.fixture
async def world() -> AsyncGenerator[World]:
    registry, blocked = Registry(), list[str]()
    async with served(web.Server(registry.answer)) as index, served(web.Server(registry.answer)) as store:
        registry.index, registry.store = index, store
        gate = Gate("http://127.0.0.1:9", "token", "key", blocked.append, lambda: None, outside(registry))
        with socket(AF_INET, SOCK_STREAM) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.settimeout(0)
            async with gate.serve(listener):
                yield World(registry, gate, f"http://127.0.0.1:{listener.getsockname()[1]}", blocked)


def outside(registry: Registry) -> Outside:
    return Outside(Registries(pypi=f"{registry.index}/simple", npm=registry.index))


async def test_an_index_leads_to_its_files_by_way_of_the_gate(world: World) -> None:
    status, page, headers = await world.ask("GET", "/pypi/simple/six/", Accept="text/html")
    href = page.decode().split('"')[1]

    assert status == 200
    assert href.startswith(f"{HERE}/pypi/files/http/127.0.0.1:")
    assert href.endswith("/packages/six.whl#sha256=00")
    assert headers["etag"] == '"1"'
    assert "set-cookie" not in headers
    status, body, _ = await world.ask("GET", href.removeprefix(HERE).partition("#")[0])
    assert (status, body) == (200, WHEEL)
    status, body, _ = await world.ask("GET", "/pypi/beside/six.zip")
    assert (status, body) == (200, WHEEL)


async def test_npm_is_served_alike(world: World) -> None:
    _, page, _ = await world.ask("GET", "/npm/left-pad")
    tarball = json.loads(page)["dist"]["tarball"]
    status, body, _ = await world.ask("GET", tarball.removeprefix(HERE))

    assert (status, body) == (200, WHEEL)


async def test_a_part_of_a_file_can_be_asked_for(world: World) -> None:
    await world.ask("GET", "/pypi/simple/six/")
    path = world.registry.store.replace("://", "/")
    status, body, headers = await world.ask("GET", f"/pypi/files/{path}/packages/six.whl", Range="bytes=0-3")

    assert (status, body) == (206, WHEEL[:4])
    assert headers["content-range"].startswith("bytes 0-3/")


async def test_where_a_registry_sends_one_on_one_is_led_through_the_gate(world: World) -> None:
    status, _, headers = await world.ask("GET", "/pypi/simple/moved/")
    moved = await world.ask("GET", headers["location"].removeprefix(HERE))
    _, _, away = await world.ask("GET", "/pypi/simple/away/")
    signed = await world.ask("GET", away["location"].removeprefix(HERE))

    assert status == 302
    assert b"packages/six.whl" in moved[1]
    assert signed[:2] == (200, WHEEL)
    assert world.registry.asked[-1][1] == "/packages/six.whl?signature=abc"


async def test_nothing_of_the_box_goes_along(world: World) -> None:
    await world.ask("GET", "/pypi/simple/six/", Authorization="Basic c2VjcmV0", Cookie="session=1", X_Secret="abc")
    (_, _, headers) = world.registry.asked[0]

    assert not {"Authorization", "Cookie", "X-Secret"} & set(headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/npm/-/npm/v1/security/audits"),
        ("PUT", "/npm/left-pad"),
        ("DELETE", "/npm/left-pad"),
        ("POST", "/pypi/legacy/"),
        ("PATCH", "/pypi/simple/six/"),
        ("OPTIONS", "/pypi/simple/six/"),
        ("GET", "/pypi/files/http/127.0.0.1:9/anything"),
        ("GET", "/pypi/files/https/evil.example/anything"),
        ("GET", "/npm/files/https/evil.example/x?data=secret"),
        ("GET", "/pypi/simple/six/?data=secret"),
        ("GET", "/npm/-/v1/search?text=secret"),
        ("GET", "/pypi/../simple/six/"),
        ("GET", "/pypi/simple/../../admin"),
        ("GET", "/pypi/simple/%2e%2e/%2e%2e/admin"),
        ("GET", "/npm/..%2f..%2fadmin"),
        ("GET", "/npm//evil.example/x"),
        ("GET", "/npm/a%5cb"),
        ("GET", "/npm/a%00b"),
        ("GET", "/npm/" + "a" * 1001),
        ("GET", "http://evil.example/npm/left-pad"),
        ("GET", "/pip/simple/six/"),
        ("CONNECT", "evil.example:443"),
    ],
)
async def test_whatever_is_no_reading_of_a_package_is_refused_and_told(world: World, method: str, path: str) -> None:
    await world.ask("GET", "/pypi/simple/six/")
    asked = len(world.registry.asked)
    status, _, _ = await world.ask(method, path)

    assert status in {400, 403}
    assert len(world.registry.asked) == asked
    assert status == 400 or world.blocked


async def test_a_host_that_only_the_other_registry_has_named_is_not_asked(world: World) -> None:
    await world.ask("GET", "/pypi/simple/six/")
    path = world.registry.store.replace("://", "/")

    assert (await world.ask("GET", f"/npm/files/{path}/packages/six.whl"))[0] == 403


async def test_a_machine_without_a_registry_has_none(world: World) -> None:
    world.gate.outside = Outside()
    with socket(AF_INET, SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/pypi/simple/six/"
        async with world.gate.serve(listener), aiohttp.ClientSession() as http, http.get(url) as answer:
            assert answer.status == 403


async def test_a_registry_that_cannot_be_reached_is_said_to_be(world: World) -> None:
    world.gate.outside = Outside(Registries(pypi="http://127.0.0.1:9/simple"))
    with socket(AF_INET, SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/pypi/simple/six/"
        async with world.gate.serve(listener), aiohttp.ClientSession() as http, http.get(url) as answer:
            assert answer.status == 502
            assert "could not reach the registry" in await answer.text()


def test_the_registries_are_those_of_pip_and_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho https://npm.example.org/\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.org/simple/")

    assert find_registries() == Registries("https://mirror.example.org/simple", "https://npm.example.org")
    monkeypatch.setenv("PIP_INDEX_URL", "file:///srv/wheels")
    npm.write_text("#!/bin/sh\nexit 1\n")
    assert find_registries() == Registries(None, None)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="cadence-packages-"))
    yield path
    shutil.rmtree(path)


@pytest.mark.usefixtures("box")
async def test_a_box_reads_a_package_and_reaches_the_registry_no_other_way(world: World, folder: Path) -> None:
    code = f"""
import socket, urllib.request
page = urllib.request.urlopen("{HERE}/pypi/simple/six/").read().decode()
print(len(urllib.request.urlopen(page.split('"')[1].partition("#")[0]).read()))
try:
    socket.create_connection(("127.0.0.1", {world.registry.index.rpartition(":")[2]}), timeout=1)
    print("reached")
except OSError:
    print("not reached")
"""
    jail = make_jail(None, Limits(), "cadence-tests")
    gate = Gate("http://127.0.0.1:9", "token", "key", world.blocked.append, lambda: None, outside(world.registry))
    async with expect_door(folder) as door:
        running = asyncio.create_task(jail.run(folder, Boxed(("python3", "-I", "-c", code), gate=True)))
        async with gate.serve((await asyncio.wait_for(door, 10)).listener):
            result = await running

    assert result.output.split("\n")[:2] == [str(len(WHEEL)), "not reached"], result.errors
