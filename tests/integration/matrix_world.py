"""A small internet in namespaces of its own, a box in it, and what the box got out of trying every row of the matrix.

``python -m tests.integration.matrix_world FOLDER`` is run as root in a new network and a new mount namespace. It prints
one JSON object: ``control`` says which addresses answer without a box; ``levels`` has, for the agent's user and for the
box's own root, what came of the rows at each stage, and what arrived outside meanwhile.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from core.sandbox.daemon.box_spec import Bind
from core.sandbox.daemon.bubblewrap import Bubblewrap
from core.sandbox.daemon.claude import session_environment
from core.sandbox.daemon.door import Door, expect_door
from core.sandbox.daemon.gate import Gate
from core.sandbox.daemon.jail import Boxed, BoxResult, Jail
from core.sandbox.daemon.limits import Limits
from core.sandbox.daemon.registries import Outside
from core.sandbox.daemon.self_test import make_jail
from tests.integration.tunnel_rows import HOST, HOSTS, INSIDE, INWARD, PUBLIC, REACHED, REQUESTS, hello

HERE: Final = Path(__file__).parent
EVIL: Final = "198.51.100.9"
# Every address that something is served at. What begins with fe80 or ff needs an interface to be named.
ADDRESSES: Final = (
    *(PUBLIC, EVIL, "192.0.2.1"),
    *("10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1"),
    *("192.0.0.8", "168.63.129.16"),
    *("2001:db8::1", "fdaa::3", "fc00::1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::", "fec0::1", "100::1"),
)
PORTS: Final = (22, 53, 80, 443, 4280, 8443)
STAGES: Final = ("at first", "after a pause", "without a gate", "behind a new gate")
KEY: Final = "run-key"
ABSTRACT: Final = "cadence-matrix"
REBINDING: Final = 120
GATEWAY: Final = {
    "g1": ("POST", "/v1/messages", "somebody-elses-key"),
    "g2": ("GET", "/v1/files", KEY),
    "g3": ("POST", "/v1/messages/batches", KEY),
    "g3 by another name": ("POST", "/v1/messages/../files", KEY),
    "g control": ("POST", "/v1/messages", KEY),
}


def inward_name(address: str) -> str:
    """The host on the list that leads to an address inside."""
    return f"in{INWARD.index(address)}.allowed.example"


NAMES: Final = {
    HOST: [PUBLIC],
    "other.allowed.example": [PUBLIC],
    "evil.example": [EVIL],
    "both.allowed.example": [PUBLIC, "10.0.0.5"],
    **{inward_name(address): [address.partition("%")[0]] for address in INWARD},
}
ALLOWED: Final = frozenset({*NAMES, "flips.allowed.example"} - {"evil.example"})


def connect(authority: str) -> str:
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode("latin-1").hex()


def rows() -> dict[str, Any]:
    """What the probe sends, by id."""
    good = hello(HOST).hex()
    tunnel: dict[str, tuple[str, str | None]] = {
        **{row: (connect(authority), good) for row, authority in REACHED.items()},
        **{row: (connect(authority), None) for row, authority, _ in HOSTS},
        **{row: (connect(f"{HOST}:443"), said.hex()) for row, said in INSIDE.items()},
        **{f"e {address}": (connect(f"{inward_name(address)}:443"), None) for address in INWARD},
        "e10": (connect("both.allowed.example:443"), None),
        **{f"e11 {turn}": (connect("flips.allowed.example:443"), None) for turn in range(REBINDING)},
        **{row: (request.encode("latin-1").hex(), None) for row, request in REQUESTS.items()},
    }
    return {"tunnel": tunnel, "gateway": GATEWAY}


@dataclass
class Internet:
    """Everything outside the box, writing down what arrives: address, port and the first bytes."""

    arrived: list[tuple[str, int, str]] = field(default_factory=list[tuple[str, int, str]])
    asked_for: list[str] = field(default_factory=list[str])
    model_calls: int = 0
    _flips: Iterator[str] = field(default_factory=lambda: cycle([PUBLIC, "10.0.0.5"]))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, port = writer.get_extra_info("sockname")[:2]
        entry = len(self.arrived)
        self.arrived.append((address.removeprefix("::ffff:"), port, ""))
        try:
            said = await reader.read(1 << 16)
            self.arrived[entry] = (*self.arrived[entry][:2], said[:1000].hex())
            writer.write(b"heard " + said[:4])
            await writer.drain()
        except ConnectionError:
            pass  # The row has ended; what arrived is written down.
        finally:
            writer.close()

    async def model(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The model's API, for the control that the gate's own door is open."""
        await reader.readuntil(b"\r\n\r\n")
        self.model_calls += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    def look_up(self, name: str) -> list[str]:
        self.asked_for.append(name)
        return [next(self._flips)] if name == "flips.allowed.example" else NAMES.get(name, [])


class NameServer(asyncio.DatagramProtocol):
    """Answers for A and AAAA, and for nothing else."""

    def __init__(self, internet: Internet) -> None:
        self._internet = internet
        self._last: dict[str, list[str]] = {}

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        labels: list[str] = []
        at = 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]].decode("latin-1"))
            at += 1 + data[at]
        question, kind = data[12 : at + 5], int.from_bytes(data[at + 1 : at + 3], "big")
        family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
        found = self._internet.look_up(".".join(labels).lower()) if kind == 1 else self._again(labels)
        packed = [socket.inet_pton(family, each) for each in found if (":" in each) == (kind == 28)] if family else []
        answers = b"".join(
            b"\xc0\x0c" + data[at + 1 : at + 5] + bytes(4) + len(a).to_bytes(2, "big") + a for a in packed
        )
        head = data[:2] + b"\x81\x80\x00\x01" + len(packed).to_bytes(2, "big") + bytes(4)
        self._transport.sendto(head + question + answers, addr)

    @staticmethod
    def _again(labels: Sequence[str]) -> list[str]:
        return NAMES.get(".".join(labels).lower(), [])


def lay_wires() -> None:
    """Give every address to the loopback interface of this namespace, and make the resolver ask us."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in ADDRESSES:
        width, more = ("128", ["nodad"]) if ":" in address else ("32", [])
        subprocess.run(["ip", "addr", "add", f"{address}/{width}", "dev", "lo", *more], check=True)


@contextmanager
def own_resolver(folder: Path) -> Generator[None]:
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n")
    for name in ("resolv.conf", "hosts"):
        subprocess.run(["mount", "--bind", folder / name, f"/etc/{name}"], check=True)
    yield
    for name in ("resolv.conf", "hosts"):
        subprocess.run(["umount", f"/etc/{name}"], check=True)


def control() -> dict[str, bool]:
    """Which of the outside's doors open without a box."""
    reached: dict[str, bool] = {}
    for address in ADDRESSES:
        for port in PORTS:
            try:
                socket.create_connection((address, port), 1).close()
                reached[f"{address} {port}"] = True
            except OSError:
                reached[f"{address} {port}"] = False
    return reached


def as_own_root(bubblewrap: Bubblewrap, folder: Path) -> Bubblewrap:
    """The same bubblewrap, in whose boxes one is root: of nothing but the box."""
    folder.mkdir(mode=0o755)
    needed = subprocess.run(["ldd", bubblewrap.path], capture_output=True, text=True, check=True).stdout
    libraries = [Path(word) for word in needed.split() if word.startswith("/")]
    loader = next(path for path in libraries if path.name.startswith("ld-"))
    for path in (bubblewrap.path, *libraries):
        shutil.copy(path, folder)
    wrapper = folder / "as-root"
    wrapper.write_text(
        '#!/bin/sh\nhere=$(dirname "$0")\n'
        f'exec {loader} --library-path "$here" "$here/{bubblewrap.path.name}" --uid 0 --gid 0 "$@"\n'
    )
    wrapper.chmod(0o755)
    return Bubblewrap(wrapper, folder)


@dataclass
class Trial:
    """One box at one level, and everything that happens to it."""

    internet: Internet
    jail: Jail
    folder: Path
    model_url: str
    own_port: int

    async def run(self) -> dict[str, Any]:
        work = self.folder / "work"
        work.mkdir(parents=True)
        (self.folder / "box").mkdir()
        escape = ((HERE / "escape_probe.py").read_text(), str(self.own_port), ABSTRACT, "/workspace")
        (work / "rows.json").write_text(json.dumps({**rows(), "escape": escape}))
        self.jail.give(work)
        program = (HERE / "matrix_probe.py").read_text()
        command = ("python3", "-I", "-c", program, "/workspace", str(len(STAGES)))
        boxed = Boxed(command, (Bind(str(work), "/workspace", writable=True),), session_environment(KEY), gate=True)
        async with expect_door(self.folder / "box") as coming, asyncio.timeout(40):
            running = asyncio.create_task(self.jail.run(self.folder / "box", boxed))
            await asyncio.wait({running, coming}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                return {"failed": running.result().errors}
            return await self._stages(work, await coming, running)

    async def _stages(self, work: Path, door: Door, running: asyncio.Task[BoxResult]) -> dict[str, Any]:
        async with self._gate().serve(door.listener.dup()):
            first = await self._stage(work, 0, running)
            hold_still(door.pid)
            second = await self._stage(work, 1, running)
        with door.listener:
            # Nobody accepts: what knocks must not wait for ever, and the box must not have found another way.
            door.listener.shutdown(socket.SHUT_RDWR)
            third = await self._stage(work, 2, running)
            door.listener.listen(128)
            async with self._gate().serve(door.listener.dup()):
                fourth = await self._stage(work, 3, running)
        result = await running
        stages = dict(zip(STAGES, (first, second, third, fourth), strict=True))
        return {"stages": stages, "status": result.status, "errors": result.errors}

    def _gate(self) -> Gate:
        return Gate(self.model_url, "token", KEY, lambda _: None, lambda: None, Outside(hosts=ALLOWED))

    async def _stage(self, work: Path, number: int, running: asyncio.Task[BoxResult]) -> dict[str, Any]:
        self.internet.arrived.clear()
        self.internet.asked_for.clear()
        (work / f"begin-{number}").touch()
        while not (work / f"done-{number}").exists():
            if running.done():
                raise RuntimeError(running.result().errors)
            await asyncio.sleep(0.01)
        played = json.loads((work / f"done-{number}").read_text())
        return {**played, "arrived": list(self.internet.arrived), "asked_for": sorted({*self.internet.asked_for})}


def hold_still(pid: int) -> None:
    """Stop every process of the box and let it go on, as a machine that is suspended does."""
    processes = [pid]
    for process in processes:
        processes.extend(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for process in processes:
            os.kill(process, number)


async def play(folder: Path) -> dict[str, Any]:
    internet = Internet()
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        stack.enter_context(own_resolver(folder))
        servers: list[asyncio.Server] = []
        for port in PORTS:
            for family, anywhere in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104 (own network)
                servers.append(await asyncio.start_server(internet.serve, anywhere, port, family=family))
        names, _ = await loop.create_datagram_endpoint(lambda: NameServer(internet), ("127.0.0.1", 53))
        own = await asyncio.start_server(internet.serve, "127.0.0.1", 0)
        model = await asyncio.start_server(internet.model, "127.0.0.1", 0)
        abstract = await asyncio.start_unix_server(internet.serve, f"\0{ABSTRACT}")
        own_port, model_port = (server.sockets[0].getsockname()[1] for server in (own, model))
        reached = await asyncio.to_thread(control)
        jail = make_jail(None, Limits(), "cadence-matrix")
        root = Jail(as_own_root(jail.bubblewrap, folder / "bwrap"), jail.uid, jail.limits, jail.cgroups)
        levels: dict[str, Any] = {}
        for level, of in (("agent", jail), ("root", root)):
            trial = Trial(internet, of, folder / level, f"http://127.0.0.1:{model_port}", own_port)
            levels[level] = await trial.run()
        names.close()
        for server in (*servers, own, model, abstract):
            server.close()
    return {"control": reached, "levels": levels, "model_calls": internet.model_calls}


if __name__ == "__main__":
    lay_wires()
    print(json.dumps(asyncio.run(play(Path(sys.argv[1])))))  # noqa: T201
