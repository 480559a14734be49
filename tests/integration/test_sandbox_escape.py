"""What an agent may try from inside its box, and what must come of it. Ids as in the test matrix: N1 to N15."""

import asyncio
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.sandbox.daemon.box_spec import Bind
from core.sandbox.daemon.claude import session_environment
from core.sandbox.daemon.door import expect_door
from core.sandbox.daemon.gate import Gate
from core.sandbox.daemon.jail import Boxed, Jail
from core.sandbox.daemon.limits import Limits
from core.sandbox.daemon.self_test import make_jail
from tests.integration.escape_rows import REACHED_OUTSIDE, REFUSED

PROBE = (Path(__file__).parent / "escape_probe.py").read_text()
NAME = f"cadence-escape-{os.getpid()}"


@dataclass
class Outside:
    """Services on the host that write down what arrives."""

    tcp: socket.socket
    udp: socket.socket
    abstract: socket.socket

    @property
    def port(self) -> int:
        return self.tcp.getsockname()[1]

    def arrived(self) -> list[str]:
        """Who has been reached since the last look."""
        reached: list[str] = []
        for name, service in (("tcp", self.tcp), ("abstract", self.abstract)):
            try:
                service.accept()[0].close()
            except BlockingIOError:
                continue
            reached.append(name)
        try:
            self.udp.recv(100)
        except BlockingIOError:
            return reached
        return [*reached, "udp"]


@pytest.fixture
def outside() -> Iterator[Outside]:
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        udp.bind(("127.0.0.2", tcp.getsockname()[1]))
        abstract.bind(f"\0{NAME}")
        abstract.listen()
        for service in (tcp, udp, abstract):
            service.settimeout(0)
        yield Outside(tcp, udp, abstract)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="cadence-escape-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def jail(box: None) -> Jail:  # noqa: ARG001 (skips where there can be no box)
    return make_jail(None, Limits(), "cadence-tests")


async def probe(jail: Jail, folder: Path, port: int) -> dict[str, str]:
    """What a box like an agent's, with its environment and its gate, gets out of trying everything."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    jail.give(work)
    command = ("python3", "-I", "-c", PROBE, str(port), NAME, "/workspace")
    boxed = Boxed(command, (Bind(str(work), "/workspace", writable=True),), session_environment("key"), gate=True)
    gate = Gate("http://127.0.0.1:9", "token", "key", lambda _: None, lambda: None)
    async with expect_door(folder / "box") as door:
        running = asyncio.create_task(jail.run(folder / "box", boxed))
        async with gate.serve((await asyncio.wait_for(door, 10)).listener):
            result = await running
    assert result.status == 0, result.errors
    return json.loads(result.output)


async def test_n_nothing_leads_out_of_a_box(jail: Jail, folder: Path, outside: Outside) -> None:
    (folder / "box").mkdir()
    arguments = ("-I", "-c", PROBE, str(outside.port), NAME, str(folder), *REACHED_OUTSIDE)
    control = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    reached, _ = await control.communicate()
    assert set(json.loads(reached).values()) == {"reached"}
    assert sorted(outside.arrived()) == ["abstract", "tcp", "udp"]

    inside = await probe(jail, folder, outside.port)

    assert {name: outcome for name, outcome in inside.items() if outcome not in REFUSED[name]} == {}
    assert set(inside) == set(REFUSED)
    assert outside.arrived() == []


@pytest.mark.parametrize(
    "command",
    [
        ("curl", "-sS", "-m", "3", "--noproxy", "*", "https://192.0.2.1/"),
        ("env", "-u", "HTTPS_PROXY", "-u", "https_proxy", "curl", "-sS", "-m", "3", "https://192.0.2.1/"),
        ("env", "NO_PROXY=*", "no_proxy=*", "curl", "-sS", "-m", "3", "https://192.0.2.1/"),
    ],
)
async def test_n13_going_past_the_proxy_leads_nowhere(jail: Jail, folder: Path, command: tuple[str, ...]) -> None:
    if shutil.which("curl", path="/usr/bin:/bin") is None:
        command = (
            "python3",
            "-c",
            "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('https://192.0.2.1/')",
        )
    result = await jail.run(folder / "box", Boxed(command, env=session_environment("key")))

    assert result.status != 0


async def test_n15_without_its_gate_a_box_reaches_nothing_at_all(jail: Jail, folder: Path, outside: Outside) -> None:
    code = f"""
import socket, time
def reaches(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
print(reaches(8377), flush=True)
open("/workspace/first", "w").close()
import os
while not os.path.exists("/workspace/gone"):
    time.sleep(0.02)
print(reaches(8377), reaches({outside.port}))
"""
    work = folder / "work"
    work.mkdir()
    work.chmod(0o777)
    boxed = Boxed(("python3", "-I", "-c", code), (Bind(str(work), "/workspace", writable=True),), gate=True)
    gate = Gate("http://127.0.0.1:9", "token", "key", lambda _: None, lambda: None)
    (folder / "box").mkdir()
    async with expect_door(folder / "box") as door, asyncio.timeout(20):
        running = asyncio.create_task(jail.run(folder / "box", boxed))
        async with gate.serve((await door).listener):
            while not (work / "first").exists():  # noqa: ASYNC110 (the box tells by a file)
                await asyncio.sleep(0.02)
        (work / "gone").touch()
        result = await running

    assert result.output.split() == ["True", "False", "False"]
    assert outside.arrived() == []
