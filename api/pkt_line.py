"""Reads the head of a push: the list of refs it wants to change, in git's pkt-line format (gitprotocol-pack)."""

from collections.abc import AsyncGenerator
from typing import Final

_LENGTH_DIGITS: Final = 4
_LONGEST_HEAD: Final = 64 << 10
_NOTHING: Final = frozenset({"0" * 40, "0" * 64})
_FIELDS: Final = 3


class PushRefused(Exception):
    """The push is not one that this run may make; the message says why."""


async def check_push(body: AsyncGenerator[bytes, None], only_ref: str) -> AsyncGenerator[bytes, None]:
    """The same body, once its head proves that it writes ``only_ref`` and nothing else.

    Raises PushRefused before a byte has gone on.
    """
    head = b""
    end: int | None = None
    async for chunk in body:
        head += chunk
        end = _end_of_head(head)
        if end is not None:
            break
        if len(head) > _LONGEST_HEAD:
            raise PushRefused("That push names too many refs.")
    if end is None:
        raise PushRefused("That push ends before it has said what it wants.")
    for command in _commands(head[:end]):
        _check(command, only_ref)
    return _chain(head, body)


def _end_of_head(data: bytes) -> int | None:
    """Where the flush packet that ends the list of refs ends, or None while it has not arrived."""
    position = 0
    while len(data) >= position + _LENGTH_DIGITS:
        length = _length(data, position)
        if length == 0:
            return position + _LENGTH_DIGITS
        position += length
    return None


def _length(data: bytes, position: int) -> int:
    try:
        length = int(data[position : position + _LENGTH_DIGITS], 16)
    except ValueError:
        raise PushRefused("That is not a push.") from None
    if 0 < length <= _LENGTH_DIGITS:
        raise PushRefused("That is not a push.")
    return length


def _commands(head: bytes) -> list[bytes]:
    commands: list[bytes] = []
    position = 0
    while (length := _length(head, position)) != 0:
        commands.append(head[position + _LENGTH_DIGITS : position + length])
        position += length
    return commands


def _check(command: bytes, only_ref: str) -> None:
    fields = command.partition(b"\0")[0].decode("utf-8", "replace").rstrip("\n").split(" ", _FIELDS - 1)
    if len(fields) != _FIELDS:
        raise PushRefused("That push asks for more than changing a branch.")
    _, new, ref = fields
    if ref != only_ref:
        raise PushRefused(f"This run may only push {only_ref}.")
    if new in _NOTHING:
        raise PushRefused("This run may not delete its branch.")


async def _chain(head: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield head
    async for chunk in rest:
        yield chunk
