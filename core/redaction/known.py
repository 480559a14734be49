"""Secrets that are known beforehand, and every shape in which they may turn up."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus, urlsplit

SHORTEST: Final = 8
_NAMES: Final = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$")
_ADDRESSES: Final = re.compile(r"(?:URL|DSN)$")


def secrets_in(environ: Mapping[str, str]) -> frozenset[str]:
    """What the settings of a process keep secret: by their names, and the passwords in addresses."""
    named = {value for name, value in environ.items() if _NAMES.search(name)}
    addresses = (urlsplit(value) for name, value in environ.items() if _ADDRESSES.search(name))
    passwords = {address.password for address in addresses if address.password}
    return frozenset(secret for secret in named | passwords if len(secret) >= SHORTEST)


def forms(secret: str) -> Iterator[str]:
    """The secret as it is, as JSON, Python, URLs and hex show it, and as Base64 does wherever in a text it stands."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield quote(secret, safe="")
    yield quote_plus(secret)
    data = secret.encode()
    yield data.hex()
    yield data.hex().upper()
    for shift in range(3):
        yield from _in_base64(data, shift)


def _in_base64(data: bytes, shift: int) -> Iterator[str]:
    """What Base64 makes of the data behind ``shift`` bytes of something else, without what its neighbours decide."""
    encoded = base64.b64encode(b"\0" * shift + data)
    first = (shift * 8 + 5) // 6
    last = (shift + len(data)) * 8 // 6
    whole = encoded[first:last].decode()
    yield whole
    yield whole.translate(str.maketrans("+/", "-_"))
