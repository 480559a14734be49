"""Which hosts a box may talk to: exact names on a list, at addresses that are out on the internet."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

HTTPS: Final = 443
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_NAME: Final = 253
# Where a name may never lead, wherever it comes from. Python's own notion of what is global has changed with its
# versions; IPv6 that carries IPv4 is refused as a whole.
INWARD: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
        *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16"),
        *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)


class Denied(Exception):
    """A box asked for what it may not have; the message is a reason in one word or two."""


def host_name(text: str) -> str:
    """A host's name as lists have it. Raises Denied for whatever is none: addresses, however spelt, among it."""
    name = text.removesuffix(".").lower() if text.isascii() else ""
    labels = name.split(".")
    numeric = labels[-1].isdigit() or labels[-1].startswith("0x")
    if len(name) > _LONGEST_NAME or len(labels) < 2 or numeric or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004
        raise Denied("not-a-hostname")
    return name


def allow_list(text: str) -> frozenset[str]:
    """The names of a setting, divided by commas or spaces. Raises Denied when one of them is none."""
    return frozenset(host_name(name) for name in re.split(r"[\s,]+", text.strip()) if name)


def vet(addresses: Iterable[str]) -> list[str]:
    """The addresses that a name leads to. Raises Denied when one of them is not out on the internet."""
    vetted = list(dict.fromkeys(addresses))
    if not vetted:
        raise Denied("does-not-resolve")
    for address in vetted:
        ip = ipaddress.ip_address(address.partition("%")[0])
        if any(ip.version == network.version and ip in network for network in INWARD):
            raise Denied("resolves-to-denied-range")
    return vetted
