"""Raises the firewall in a network of its own and says what can still be reached, as the daemon and as an agent.

``python -m tests.integration.firewall_world`` is run as root in a new network namespace that is wired to another one,
in which every address answers: loopback is let through, so what is to be refused must lie beyond a real interface.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

from core.sandbox.daemon.firewall import raise_firewall

PORTS: Final = (22, 53, 80, 443, 4280, 9000)
CONTROL_PLANE: Final = "10.9.0.1"
RESOLVER: Final = "fdaa::3"
ADDRESSES: Final = (
    *("203.0.113.7", "2001:db8::1", "169.254.169.254", "10.0.0.5", "100.64.0.1", "192.168.1.1", CONTROL_PLANE),
    *(RESOLVER, "fdaa::5", "64:ff9b::a00:1", "fc00::1"),
)
AGENT: Final = 10003


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def wire(inside: str, outside: str, far: int) -> None:
    """Join this network to that of process ``far``, where every address is served."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", inside, "type", "veth", "peer", "name", outside, "netns", str(far))
    for command in ((), ("nsenter", "-t", str(far), "-n")):
        name = outside if command else inside
        run(*command, "ip", "link", "set", name, "up")
        run(*command, "ip", "addr", "add", f"10.77.0.{2 if command else 1}/24", "dev", name)
        run(*command, "ip", "addr", "add", f"fd77::{2 if command else 1}/64", "dev", name, "nodad")
    for address in ADDRESSES:
        width = 128 if ":" in address else 32
        run("nsenter", "-t", str(far), "-n", "ip", "addr", "add", f"{address}/{width}", "dev", outside)
    run("ip", "route", "add", "default", "via", "10.77.0.2")
    run("ip", "-6", "route", "add", "default", "via", "fd77::2")


def use_addresses_at_once() -> None:
    """Without the second in which IPv6 looks whether somebody else has them."""
    for kind in ("all", "default"):
        Path(f"/proc/sys/net/ipv6/conf/{kind}/accept_dad").write_text("0")


def serve() -> None:
    """Answer at every address of this network, until the parent ends."""
    servers = [
        socket.create_server((anywhere, port), family=family)
        for port in PORTS
        for family, anywhere in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))  # noqa: S104 (own network)
    ]
    print("serving", flush=True)  # noqa: T201
    sys.stdin.read()
    for server in servers:
        server.close()


def reached(user: int) -> list[str]:
    """Everything that a user can connect to, as ``address port``."""
    program = f"""
import os, socket, json
"loaded now: this user may not read our Python".encode("idna")
os.setgroups([]); os.setresgid({user}, {user}, {user}); os.setresuid({user}, {user}, {user})
def opens(address, port):
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True
print(json.dumps([f"{{a}} {{p}}" for a in {ADDRESSES!r} for p in {PORTS!r} if opens(a, p)]))
"""
    return json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)


def main() -> None:
    command = ["unshare", "-n", sys.executable, "-m", "tests.integration.firewall_world", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as far:
        assert far.stdout is not None
        assert far.stdin is not None
        far.stdout.readline()
        wire("near0", "far0", far.pid)
        before = {"daemon": reached(0), "agent": reached(AGENT)}
        problem = asyncio.run(raise_firewall(AGENT, f"wss://{CONTROL_PLANE}:9000/ws/daemon"))
        again = asyncio.run(raise_firewall(AGENT, f"wss://{CONTROL_PLANE}:9000/ws/daemon"))
        after = {"daemon": reached(0), "agent": reached(AGENT)}
        far.stdin.close()
    print(json.dumps({"before": before, "after": after, "problems": [problem, again]}))  # noqa: T201


if __name__ == "__main__":
    if os.getuid() != 0:
        sys.exit("as root only")
    use_addresses_at_once()
    serve() if sys.argv[1:] == ["serve"] else main()
