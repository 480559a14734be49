"""Finds what has the shape of a secret, in time that is proportional to the text."""

import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from ahocorasick_rs import BytesAhoCorasick

Span = tuple[int, int]
_DIGITS: Final = string.digits.encode()
_UPPER: Final = string.ascii_uppercase.encode()
_LOWER: Final = string.ascii_lowercase.encode()


@dataclass(frozen=True, slots=True)
class Shape:
    """A secret has ``distinct`` characters and ``digits`` at least, and letters of both cases if it is ``mixed``.

    ``alone`` asks that no letter or digit stands directly before the mark.
    """

    pattern: re.Pattern[bytes]
    marks: tuple[bytes, ...] = ()
    distinct: int = 0
    digits: int = 0
    mixed: bool = False
    alone: bool = False

    def at(self, data: bytes, start: int) -> Span | None:
        """The secret of this shape whose mark stands at ``start``."""
        if self.alone and start > 0 and data[start - 1 : start].isalnum():
            return None
        found = self.pattern.match(data, start)
        return None if found is None or not self._agrees(found["s"]) else found.span("s")

    def everywhere(self, data: bytes) -> Iterator[Span]:
        """All secrets of this shape, for one without marks."""
        return (found.span("s") for found in self.pattern.finditer(data) if self._agrees(found["s"]))

    def _agrees(self, secret: bytes) -> bool:
        if len(set(secret)) < self.distinct or _how_many(_DIGITS, secret) < self.digits:
            return False
        return not self.mixed or min(_how_many(_UPPER, secret), _how_many(_LOWER, secret)) > 1


@dataclass(frozen=True, slots=True)
class Shapes:
    """All of them."""

    unmarked: tuple[Shape, ...]
    by_mark: tuple[tuple[Shape, ...], ...]
    marks: BytesAhoCorasick

    def find(self, data: bytes) -> list[Span]:
        """Where secrets stand. What lies within one that was found is not looked at again."""
        spans = [span for shape in self.unmarked for span in shape.everywhere(data)]
        end = 0
        for mark, start, _ in self.marks.find_matches_as_indexes(data.lower(), overlapping=True):
            if start < end:
                continue
            for shape in self.by_mark[mark]:
                span = shape.at(data, start)
                if span is not None:
                    spans.append(span)
                    end = max(end, span[1])
        return spans


@cache
def load_shapes() -> Shapes:
    """The shapes of ``shapes.toml``."""
    text = resources.files("core.redaction").joinpath("shapes.toml").read_text(encoding="utf-8")
    shapes = [_shape(**entry) for entry in tomllib.loads(text)["shape"]]
    marks = sorted({mark for shape in shapes for mark in shape.marks})
    return Shapes(
        unmarked=tuple(shape for shape in shapes if not shape.marks),
        by_mark=tuple(tuple(shape for shape in shapes if mark in shape.marks) for mark in marks),
        marks=BytesAhoCorasick(marks),
    )


def _shape(name: str, pattern: str, marks: list[str] | None = None, **demands: Any) -> Shape:  # noqa: ANN401, ARG001 (as the file has them)
    return Shape(re.compile(pattern.encode()), tuple(mark.encode() for mark in marks or ()), **demands)


def _how_many(of: bytes, secret: bytes) -> int:
    return len(secret) - len(secret.translate(None, of))
