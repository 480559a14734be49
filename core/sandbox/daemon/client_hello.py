"""Reads from the beginning of a TLS connection whom the client wants to talk to (RFC 8446, section 4.1.2)."""

from collections.abc import Iterator
from typing import Final

LARGEST: Final = 1 << 14
_HANDSHAKE: Final = 22
_CLIENT_HELLO: Final = 1
_SERVER_NAME: Final = 0
_HOST_NAME: Final = 0
_HIDDEN: Final = 0xFE0D  # Encrypted ClientHello: the name that is shown is not the one that is meant.


class NotTls(ValueError):
    """It is not the beginning of a TLS connection as clients make them."""


class Incomplete(NotTls):
    """More is needed to tell."""


def server_name(data: bytes) -> str:
    """The only server name of a ClientHello that may come in several records. Raises Incomplete, or NotTls."""
    hello = _handshake(data)
    body = _Reader(hello)
    body.take(2 + 32)
    body.take(body.number(1))
    body.take(body.number(2))
    body.take(body.number(1))
    extensions = list(_extensions(_Reader(body.take(body.number(2)))))
    names = [content for kind, content in extensions if kind == _SERVER_NAME]
    if len(names) != 1 or any(kind == _HIDDEN for kind, _ in extensions):
        raise NotTls("no single server name")
    return _only_name(_Reader(names[0]))


class _Reader:
    """Takes bytes off one end. Whoever reaches beyond the other has been lied to about a length."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise NotTls("a length is wrong")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    @property
    def left(self) -> bool:
        return self.at < len(self.data)


def _handshake(data: bytes) -> bytes:
    """The first handshake message's body, put together from the records it came in."""
    message = bytearray()
    at = 0
    while at + 5 <= len(data):
        kind, major, length = data[at], data[at + 1], int.from_bytes(data[at + 3 : at + 5], "big")
        if kind != _HANDSHAKE or major != 3 or not 0 < length <= LARGEST:  # noqa: PLR2004 (TLS, whichever version)
            raise NotTls("no handshake")
        message += data[at + 5 : at + 5 + length]
        at += 5 + length
        if message and message[0] != _CLIENT_HELLO:
            raise NotTls("no ClientHello")
        wanted = int.from_bytes(message[1:4], "big")
        if len(message) >= 4 and wanted > LARGEST:  # noqa: PLR2004
            raise NotTls("too large")
        if len(message) >= 4 + wanted and len(message) >= 4:  # noqa: PLR2004
            return bytes(message[4 : 4 + wanted])
    if len(data) > 2 * LARGEST or (data and data[0] != _HANDSHAKE):
        raise NotTls("no handshake")
    raise Incomplete


def _extensions(reader: _Reader) -> Iterator[tuple[int, bytes]]:
    while reader.left:
        kind = reader.number(2)
        yield kind, reader.take(reader.number(2))


def _only_name(reader: _Reader) -> str:
    names = _Reader(reader.take(reader.number(2)))
    kind, name = names.number(1), names.take(names.number(2))
    if kind != _HOST_NAME or names.left or reader.left:
        raise NotTls("no single server name")
    try:
        return name.decode("ascii").lower()
    except UnicodeDecodeError:
        raise NotTls("a name is ASCII") from None
