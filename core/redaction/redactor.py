"""One look at a text: for what is known to be secret, and for whatever has the shape of a secret."""

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, MatchKind
from kingfisher_sdk import Rules, Scanner

from core.redaction.known import SHORTEST, forms

_MASK: Final = b"[redacted]"
# Compiling the rules takes seconds, so the outcome is kept beside the packages.
_COMPILED: Final = Path(sys.prefix) / "var" / "cadence"
_Span = tuple[int, int]


class Redactor:
    """Masks ``secrets`` in every encoding they may turn up in, and what looks like a secret of somebody else.

    Takes time in proportion to the text. A text is looked at as a whole: whoever has only pieces puts them together.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        patterns = sorted({form.encode() for secret in secrets for form in forms(secret)})
        self._known = BytesAhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest)
        self._rules = _rules()

    def __call__(self, text: str) -> str:
        """The text without its secrets. Fewer than eight characters are none."""
        if len(text) < SHORTEST:
            return text
        data = text.encode(errors="replace")
        spans = [*self._known_in(data), *self._shaped_in(data)]
        return _masked(data, spans) if spans else text

    def _known_in(self, data: bytes) -> Iterator[_Span]:
        return ((start, end) for _, start, end in self._known.find_matches_as_indexes(data))

    def _shaped_in(self, data: bytes) -> Iterator[_Span]:
        for finding in self._rules.scan(data):
            if finding.visible:
                yield finding.location["start_offset"], finding.location["end_offset"]


@cache
def _rules() -> Scanner:
    """Kingfisher's rules and ours; nothing that stands in a text can switch them off."""
    with resources.as_file(resources.files("core.redaction") / "rules.yaml") as ours:
        return Scanner(Rules([ours], confidence="low", cache_dir=_COMPILED))


def _masked(data: bytes, spans: Iterable[_Span]) -> str:
    parts: list[bytes] = []
    at = 0
    for start, end in sorted(spans):
        if start > at or not parts:
            parts += (data[at:start], _MASK)
        at = max(at, end)
    return b"".join((*parts, data[at:])).decode(errors="replace")
