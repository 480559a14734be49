"""The second layer on a machine that is ours alone: what the boxes and the gate keep, the kernel keeps once more.

Should the gate itself be taken over, it still reaches name servers, the control plane and HTTPS out on the internet,
and nothing inside the provider's network. A person's own computer is never touched: the agent image asks for this.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog

from core.sandbox.daemon.hosts import HTTPS, INWARD

_log = structlog.get_logger(__name__)
_DNS: Final = 53
_RESOLVERS: Final = Path("/etc/resolv.conf")
# In IPv6 a neighbour has to be found before anything can be sent to it.
_RULES: Final = """\
table inet cadence
delete table inet cadence
table inet cadence {{
  chain refuse {{
    counter
    meta l4proto tcp reject with tcp reset
    reject
  }}
  chain output {{
    type filter hook output priority filter; policy drop;
    meta skuid {agent_uid} jump refuse
    oifname "lo" accept
    icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit }} accept
{open}
    ip daddr {{ {inward4} }} jump refuse
    ip6 daddr {{ {inward6} }} jump refuse
    tcp dport {https} accept
    jump refuse
  }}
}}
"""


def rules(agent_uid: int, resolvers: Iterable[str], control_plane: Iterable[str], port: int) -> str:
    """The rules as nft reads them. Agents have no business in this network at all: theirs is the one of their box."""
    lines = [
        *(f"    {_family(address)} daddr {address} meta l4proto {{ tcp, udp }} th dport {_DNS} accept"
          for address in resolvers),
        *(f"    {_family(address)} daddr {address} tcp dport {port} accept" for address in control_plane),
    ]  # fmt: skip
    inward = {version: [str(net) for net in INWARD if net.version == version] for version in (4, 6)}
    return _RULES.format(
        agent_uid=agent_uid,
        open="\n".join(lines),
        inward4=", ".join(inward[4]),
        inward6=", ".join(inward[6]),
        https=HTTPS,
    )


async def raise_firewall(agent_uid: int, url: str) -> str | None:
    """Put the rules in place; what keeps them from it, in words, or None. The boxes hold without them.

    ``url`` is the control plane's. It may have any port, and lie inside: it is looked up once, now.
    """
    parts = urlsplit(url)
    port = parts.port or HTTPS
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        text = rules(agent_uid, _resolvers(), dict.fromkeys(str(entry[4][0]) for entry in found), port)
        process = await asyncio.create_subprocess_exec(
            *("nft", "-f", "-"), stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
    except OSError as problem:
        return f"no firewall: {problem.strerror or type(problem).__name__}"
    _, errors = await process.communicate(text.encode())
    if process.returncode != 0:
        _log.warning("firewall_refused", error=errors.decode(errors="replace")[:500])
        return "no firewall: nft refused the rules"
    return None


def _family(address: str) -> str:
    return "ip6" if ipaddress.ip_address(address).version == 6 else "ip"  # noqa: PLR2004 -- as versions are called.


def _resolvers() -> list[str]:
    lines = _RESOLVERS.read_text().splitlines() if _RESOLVERS.exists() else []
    return [line.split()[1] for line in lines if line.startswith("nameserver ") and "%" not in line]
