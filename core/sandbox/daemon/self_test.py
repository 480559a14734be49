"""Tries the machine's isolation for real, before any agent is let in."""

import asyncio
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from core.model.errors import CadenceError, ProviderError, Refusal
from core.sandbox.daemon.bubblewrap import find_bubblewrap
from core.sandbox.daemon.cgroups import find_cgroups
from core.sandbox.daemon.door import expect_door
from core.sandbox.daemon.gate import Gate
from core.sandbox.daemon.jail import AGENT_UID, Boxed, BoxResult, Jail
from core.sandbox.daemon.limits import Limits
from core.sandbox.protocol import SelfTest

_log = structlog.get_logger(__name__)

_PATIENCE_SECONDS: Final = 10

# It runs inside the box: each line says what an agent there could reach.
_PROBE: Final = """
import json, os, socket, sys, urllib.error, urllib.request

def reaches(kind, family, address):
    with socket.socket(family, kind) as attempt:
        attempt.settimeout(0.5)
        try:
            attempt.connect(address)
            attempt.send(b"x")
        except OSError:
            return False
        return True

def gate_answers():
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open("http://127.0.0.1:8377/probe", timeout=2)
    except urllib.error.HTTPError as refusal:
        return refusal.code == 403
    except OSError:
        return False
    return False

def holds_more_than_python(folder):
    try:
        return any(not sys.base_prefix.startswith(folder + "/" + name) for name in os.listdir(folder))
    except OSError:
        return False

status = open("/proc/self/status").read()
print(json.dumps({
    "the machine's own services": reaches(socket.SOCK_STREAM, socket.AF_INET, ("127.0.0.1", int(sys.argv[1]))),
    "the internet": reaches(socket.SOCK_STREAM, socket.AF_INET, ("192.0.2.1", 443)),
    "the internet over IPv6": reaches(socket.SOCK_STREAM, socket.AF_INET6, ("2001:db8::1", 443)),
    "name servers": reaches(socket.SOCK_DGRAM, socket.AF_INET, ("192.0.2.1", 53)),
    "metadata services": reaches(socket.SOCK_STREAM, socket.AF_INET, ("169.254.169.254", 80)),
    "other network interfaces": [name for _, name in socket.if_nameindex()] != ["lo"],
    "privileges": "CapEff:\\t0000000000000000" not in status or "NoNewPrivs:\\t1" not in status,
    "root's files": holds_more_than_python("/root") or os.access("/etc/shadow", os.R_OK),
    "nothing, not even Cadence's own gate": not gate_answers(),
}))
"""

_NAMESPACE_HELP: Final = (
    "This machine does not let programs isolate themselves. On Ubuntu, run “sudo sysctl -w "
    "kernel.apparmor_restrict_unprivileged_userns=0” and, to keep it so, “echo "
    "kernel.apparmor_restrict_unprivileged_userns=0 | sudo tee /etc/sysctl.d/60-cadence.conf”; elsewhere allow user "
    "namespaces with “sudo sysctl -w user.max_user_namespaces=28633”; a container needs its host's leave."
)


@dataclass(frozen=True, slots=True)
class Isolation:
    """What the machine found out about itself; ``jail`` is None unless the test passed."""

    report: SelfTest
    jail: Jail | None


def make_jail(agent_uid: int | None, limits: Limits, owner: str) -> Jail:
    """The jail for this machine: as root the agent gets a user of its own. Raise Refusal when there can be none."""
    if shutil.which("git", path="/usr/bin:/bin:/usr/local/bin") is None:
        raise Refusal("git is missing: install it with “sudo apt install git”.")
    if agent_uid == 0:
        raise Refusal("An agent may not run as root: give it another user id.")
    uid = (agent_uid or AGENT_UID) if os.geteuid() == 0 else None
    return Jail(find_bubblewrap(), uid, limits, find_cgroups(owner))


def _interpreter() -> str:
    """Our own interpreter, by the name it has in a box."""
    return str(Path(sys.executable).resolve())


def _reach_from_outside(port: int) -> None:
    """The control: a service that nobody can reach would prove nothing."""
    socket.create_connection(("127.0.0.1", port), timeout=1).close()


async def _ask_from_inside(jail: Jail, folder: Path) -> dict[str, bool]:
    with socket.create_server(("127.0.0.1", 0)) as service:
        port = service.getsockname()[1]
        _reach_from_outside(port)
        result = await _run_behind_gate(jail, folder, (_interpreter(), "-I", "-S", "-c", _PROBE, str(port)))
    if result.status != 0:
        raise ProviderError(result.errors.strip())
    return json.loads(result.output)


async def _run_behind_gate(jail: Jail, folder: Path, command: tuple[str, ...]) -> BoxResult:
    gate = Gate("http://127.0.0.1:9", "none", secrets.token_hex(8), lambda _: None, lambda: None)
    async with expect_door(folder) as door:
        running = asyncio.create_task(jail.run(folder, Boxed(command, gate=True)))
        await asyncio.wait({door, running}, return_when=asyncio.FIRST_COMPLETED)
        if not door.done():
            return await running
        async with gate.serve((await door).listener):
            return await running


async def _holes(jail: Jail) -> list[str]:
    folder = Path(tempfile.mkdtemp(prefix="cadence-self-test-"))
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            answers = await _ask_from_inside(jail, folder)
    finally:
        shutil.rmtree(folder)
    return [name for name, reached in answers.items() if reached]


def _failed(problem: str) -> Isolation:
    return Isolation(SelfTest(passed=False, isolation="none", problem=problem), None)


async def try_isolation(agent_uid: int | None, limits: Limits | None = None, owner: str = "cadence-trial") -> Isolation:
    """Start a box and prove from inside that it reaches the gate and nothing else."""
    try:
        jail = make_jail(agent_uid, limits or Limits(), owner)
        holes = await _holes(jail)
    except Refusal as refusal:
        return _failed(str(refusal))
    except (CadenceError, OSError) as problem:
        _log.warning("box_did_not_start", error=str(problem))
        return _failed(_NAMESPACE_HELP)
    if holes:
        return _failed(f"The box does not hold: an agent in it reaches {', '.join(holes)}.")
    user = "the daemon's user" if jail.uid is None else f"uid {jail.uid}"
    held = f"cgroups version {jail.cgroups.version}" if jail.cgroups.bases else "no cgroups: memory is not limited"
    return Isolation(SelfTest(passed=True, isolation=f"{jail.bubblewrap.version()}, {user}, {held}"), jail)
