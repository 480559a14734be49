"""Cuts out of a text what is worth a slow look: the lines that hold something like a token, and what surrounds them."""

import re
from bisect import bisect_right
from typing import Final

Span = tuple[int, int]

_CANDIDATE: Final = re.compile(rb"[A-Za-z0-9_+=-]{16,}")
_DIGITS: Final = re.compile(rb"[0-9]")
# Kingfisher's rules look for the name of a service this far before its token, at most.
_BEFORE: Final = 256
_AFTER: Final = 128
_GAP: Final = b"\n"


class Excerpt:
    """``text`` is made of pieces of ``data``, with a line's end between them. It is empty where there is no token."""

    def __init__(self, data: bytes) -> None:
        self._starts: list[int] = []
        self._origins: list[int] = []
        parts: list[bytes] = []
        size = 0
        for start, end in _pieces(data):
            self._starts.append(size)
            self._origins.append(start)
            parts.append(data[start:end])
            size += end - start + len(_GAP)
        self.text = _GAP.join(parts)

    def whence(self, start: int, end: int) -> Span:
        """Where in ``data`` stands what stands between ``start`` and ``end`` of ``text``."""
        piece = bisect_right(self._starts, start) - 1
        shift = self._origins[piece] - self._starts[piece]
        return start + shift, end + shift


def _pieces(data: bytes) -> list[Span]:
    pieces: list[Span] = []
    until = 0
    for found in _CANDIDATE.finditer(data):
        start, end = found.span()
        if end <= until or not _DIGITS.search(data, start, end):
            continue
        line = data.rfind(_GAP, 0, max(0, start - _BEFORE)) + 1
        until = data.find(_GAP, end + _AFTER)
        until = len(data) if until < 0 else until
        if pieces and line <= pieces[-1][1]:
            pieces[-1] = pieces[-1][0], until
        else:
            pieces.append((line, until))
    return pieces
