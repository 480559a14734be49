"""Looks at a text for what is known to be secret, and for whatever has the shape of a secret."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, MatchKind
from kingfisher_sdk import Rules, Scanner

from core.redaction.excerpt import Excerpt
from core.redaction.innocence import is_placeholder, is_wordy
from core.redaction.known import SHORTEST, forms
from core.redaction.shapes import Span, load_shapes

_MASK: Final = b"[redacted]"
_CUT: Final = " ….\n".encode()
# Compiling the rules takes seconds, so the outcome is kept beside the packages.
_COMPILED: Final = Path(sys.prefix) / "var" / "cadence"


class Redactor:
    """Masks ``secrets`` in every encoding they may turn up in, and what looks like a secret of somebody else.

    Takes time in proportion to the text. A text is looked at as a whole: whoever has only pieces puts them together.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        patterns = sorted({form.encode() for secret in secrets for form in forms(secret)})
        self._known = BytesAhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest)
        self._by_head: dict[bytes, list[bytes]] = defaultdict(list)
        for pattern in patterns:
            self._by_head[pattern[:SHORTEST]].append(pattern)
        self._heads = BytesAhoCorasick(list(self._by_head))
        self._longest = max(map(len, patterns), default=0)
        self._shapes = load_shapes()
        self._rules = _rules()

    def __call__(self, text: str) -> str:
        """The text without its secrets. Fewer than eight characters are none."""
        if len(text) < SHORTEST:
            return text
        data = text.encode(errors="replace")
        ours = [*self._known_in(data), *self._begun_in(data), *self._shapes.find(data)]
        # Kingfisher is quick where there is little to find, so it gets what ours have left.
        rest = _masked(data, ours)
        theirs = list(self._by_rule(rest))
        return _masked(rest, theirs).decode(errors="replace") if ours or theirs else text

    def _known_in(self, data: bytes) -> Iterator[Span]:
        return ((start, end) for _, start, end in self._known.find_matches_as_indexes(data))

    def _begun_in(self, data: bytes) -> Iterator[Span]:
        """What the text ends with, when it was cut in the middle of a secret."""
        end = len(data.rstrip(_CUT))
        first = max(0, end - self._longest)
        for _, start, _ in self._heads.find_matches_as_indexes(data[first:end], overlapping=True):
            piece = data[first + start : end]
            if any(pattern.startswith(piece) for pattern in self._by_head[piece[:SHORTEST]]):
                yield first + start, end

    def _by_rule(self, data: bytes) -> Iterator[Span]:
        excerpt = Excerpt(data)
        for finding in self._rules.scan(excerpt.text) if excerpt.text else ():
            start, end = finding.location["start_offset"], finding.location["end_offset"]
            if finding.visible and not _is_innocent(excerpt.text[start:end]):
                yield excerpt.whence(start, end)


@cache
def _rules() -> Scanner:
    """Kingfisher's own rules; nothing that stands in a text can switch them off."""
    return Scanner(Rules(confidence="medium", cache_dir=_COMPILED))


def _is_innocent(found: bytes) -> bool:
    return is_placeholder(found) or is_wordy(found)


def _masked(data: bytes, spans: Iterable[Span]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for start, end in sorted(spans):
        if start > at or not parts:
            parts += (data[at:start], _MASK)
        at = max(at, end)
    return b"".join((*parts, data[at:])) if parts else data
