"""Runs in a box and tries to get out; prints what came of each attempt, or of those that are named, as JSON.

Outside, as the control, only attempts that harm nobody may be named. It stands on the standard library alone: it is
handed to another Python as text.
"""

import ctypes
import errno
import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PORT, SOCKET_NAME, FOLDER, *CHOSEN = int(sys.argv[1]), *sys.argv[2:]
LIBC = ctypes.CDLL(None, use_errno=True)


def attempt(act: Callable[[], object]) -> str:
    try:
        outcome = act()
    except OSError as problem:
        return errno.errorcode.get(problem.errno or 0, type(problem).__name__)
    return "reached" if outcome is None or outcome is True else str(outcome)


def connect(family: int, kind: int, address: object) -> None:
    with socket.socket(family, kind) as reaching:
        reaching.settimeout(1)
        reaching.connect(address)  # pyright: ignore[reportArgumentType] (whatever the family takes)
        reaching.send(b"hello")


def fast_open() -> None:
    with socket.socket() as reaching:
        reaching.settimeout(1)
        reaching.sendto(b"hello", socket.MSG_FASTOPEN, ("192.0.2.1", 443))


def make(*kind: int) -> None:
    socket.socket(*kind).close()


def call(number: int, *arguments: object) -> None:
    if LIBC.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    return "reached" if done.returncode == 0 else "refused"


def setuid_copy() -> str:
    copy = Path(FOLDER, "sh")
    copy.write_bytes(Path("/bin/sh").read_bytes())
    copy.chmod(stat.S_ISUID | 0o755)
    said = subprocess.run([copy, "-c", "id -u"], capture_output=True, text=True, check=False).stdout
    return "reached" if said == "0\n" else "refused"


ATTEMPTS: dict[str, Callable[[], object]] = {
    "n1 tcp": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 443)),
    "n1 tcp, the host's own service": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
    "n2 tcp over ipv6": lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("2001:db8::1", 443)),
    "n2 mapped": lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("::ffff:192.0.2.1", 443)),
    "n3 udp, name server": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    "n3 udp, quic": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 443)),
    "n3 udp, the host's own service": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.2", PORT)),
    "n4 tcp fast open": fast_open,
    "n5 a name": lambda: bool(socket.getaddrinfo("example.org", 443)),
    "n6 metadata": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    "n7 ping socket": lambda: make(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
    "n7 raw socket": lambda: make(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
    "n7 packet socket": lambda: make(17, socket.SOCK_RAW, 0),
    "n8 vsock": lambda: make(40, socket.SOCK_STREAM, 0),
    "n8 crypto socket": lambda: make(38, socket.SOCK_SEQPACKET, 0),
    "n8 nfnetlink": lambda: make(16, socket.SOCK_RAW, 12),
    "n9 io_uring": lambda: call(425, 4, ctypes.create_string_buffer(256)),
    "n10 abstract socket": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + SOCKET_NAME),
    "n11 fly's own socket": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "/.fly/api"),
    "n12 docker's socket": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock"),
    "n14 setuid copy": setuid_copy,
    "n14 sudo": lambda: run("sudo", "-n", "true"),
    "n14 nft": lambda: run("nft", "add", "table", "inet", "cadence-test"),
    "n14 route": lambda: run("ip", "route", "add", "default", "dev", "lo"),
    "n14 namespaces": lambda: run("unshare", "-Urn", "true"),
    "n14 mount": lambda: run("mount", "-t", "tmpfs", "none", FOLDER),
    "n14 write to /etc": lambda: run("/bin/sh", "-c", "echo x > /etc/cadence-test && rm /etc/cadence-test"),
    "n14 kernel settings": lambda: run("/bin/sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"),
    "n14 trace": lambda: call({"x86_64": 101, "aarch64": 117}[os.uname().machine], 0, 0, 0, 0),
    "n14 somebody else's process": lambda: len(list(Path("/proc").glob("[0-9]*"))) > 20,
    "n14 the host's files": lambda: os.access("/etc/shadow", os.R_OK) or os.access("/root/.bashrc", os.R_OK),
}

print(json.dumps({name: attempt(act) for name, act in ATTEMPTS.items() if not CHOSEN or name in CHOSEN}))  # noqa: T201
