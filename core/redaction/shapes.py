"""Finds what has the shape of a secret, in time that is proportional to the text."""

import re
import string
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from core.redaction.innocence import is_placeholder, is_wordy
from core.redaction.named import TRUSTED, WARY, Named, Span

_DIGITS: Final = string.digits.encode()
# What may stand before a mark though it ends with a letter or digit: the end of an escape in JSON or in an address.
_ESCAPE: Final = re.compile(rb"\\\\[nrt]|%[0-9A-F]{2}|\\\\u[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class Shape:
    """A secret has ``distinct`` characters and ``digits`` at least.

    ``alone`` asks that no letter or digit stands directly before the mark, ``literal`` that it is no placeholder,
    ``wordless`` that it is not made of words.
    """

    pattern: re.Pattern[bytes]
    marks: tuple[bytes, ...] = ()
    distinct: int = 0
    digits: int = 0
    alone: bool = False
    literal: bool = False
    wordless: bool = False

    def at(self, data: bytes, start: int, _end: int) -> Span | None:
        """The secret of this shape whose mark stands at ``start``."""
        if self.alone and start > 0 and data[start - 1 : start].isalnum() and not _follows_escape(data, start):
            return None
        found = self.pattern.match(data, start)
        return None if found is None or not self._agrees(found["s"]) else found.span("s")

    def everywhere(self, data: bytes) -> Iterator[Span]:
        """All secrets of this shape, for one without marks."""
        return (found.span("s") for found in self.pattern.finditer(data) if self._agrees(found["s"]))

    def _agrees(self, secret: bytes) -> bool:
        if (self.literal and is_placeholder(secret)) or (self.wordless and is_wordy(secret)):
            return False
        if self.digits and len(secret) - len(secret.translate(None, _DIGITS)) < self.digits:
            return False
        return not self.distinct or len(set(secret[:64])) >= self.distinct


def _follows_escape(data: bytes, start: int) -> bool:
    return any(_ESCAPE.fullmatch(data, max(0, start - size), start) for size in (2, 3, 6))


@dataclass(frozen=True, slots=True)
class Shapes:
    """All of them."""

    unmarked: tuple[Shape, ...]
    by_mark: tuple[tuple[Shape | Named, ...], ...]
    marks: BytesAhoCorasick

    def find(self, data: bytes) -> list[Span]:
        """Where secrets stand. What lies within one that was found is not looked at again."""
        spans = [span for shape in self.unmarked for span in shape.everywhere(data)]
        end = 0
        for mark, start, stop in self.marks.find_matches_as_indexes(data.lower(), overlapping=True):
            if start < end:
                continue
            for shape in self.by_mark[mark]:
                span = shape.at(data, start, stop)
                if span is not None:
                    spans.append(span)
                    end = max(end, span[1])
        return spans


@cache
def load_shapes() -> Shapes:
    """The shapes of ``shapes.toml``."""
    text = resources.files("core.redaction").joinpath("shapes.toml").read_text(encoding="utf-8")
    shapes = [shape for entry in tomllib.loads(text)["shape"] for shape in _shapes(**entry)]
    by_mark: dict[bytes, list[Shape | Named]] = defaultdict(list)
    for shape in shapes:
        for mark in shape.marks:
            by_mark[mark].append(shape)
    for names, named in ((TRUSTED, Named(trusted=True)), (WARY, Named(trusted=False))):
        for name in names:
            by_mark[name.encode()].append(named)
    return Shapes(
        unmarked=tuple(shape for shape in shapes if not shape.marks),
        by_mark=tuple(tuple(found) for found in by_mark.values()),
        marks=BytesAhoCorasick(list(by_mark), implementation=Implementation.DFA),
    )


def _shapes(name: str, pattern: str, **demands: Any) -> Iterator[Shape]:  # noqa: ANN401, ARG001 (as the file has them)
    marks, prefixes = demands.pop("marks", ()), demands.pop("prefixes", ())
    if marks or not prefixes:
        yield Shape(re.compile(pattern.encode()), tuple(mark.encode() for mark in marks), **demands)
    for prefix in prefixes:
        whole = f"(?P<s>{re.escape(prefix)}{pattern})"
        yield Shape(re.compile(whole.encode()), (prefix.lower().encode(),), **demands)
