"""Agents by what they are doing: "that are paused", "both running agents", "all three of them"."""

import re
from functools import cache
from typing import Final

from core.model.agent import Status
from core.voice.languages.language import Language, Phrases, either
from core.voice.spoken_numbers import THING

_COUNT: Final = re.compile(r"\s+\d+(?: of (?:them|the|my))?(?!\w)")
_SAID_TO_BE: Final = (
    r"(?:\s*(?:that|which|who|the|all|of|are|is|'s|'re|that's|"
    r"los|las|les|die|os|as|qui|que|sont|est|están|estão)\b)*\s*"
)


def count_at(said: str, position: int) -> int:
    """Where "all three of them" goes on after the number."""
    counted = _COUNT.match(said, position)
    return counted.end() if counted else position


def state_at(said: str, position: int, language: Language) -> tuple[Status, int] | None:
    """The status that is named at a position ("that are paused", "running agents"), and where its words end."""
    for status, phrases in language.states.items():
        called = "|".join(language.agents)
        pattern = _state_pattern(phrases, called)
        found = pattern.match(said, position)
        if found is not None:
            return status, found.end()
    return None


@cache
def _state_pattern(phrases: Phrases, called: str) -> re.Pattern[str]:
    noun = rf"(?:{THING}|ones?|{called})"
    return re.compile(rf"{_SAID_TO_BE}(?:{noun}\s+)?{_SAID_TO_BE}{either(phrases)}(?:\s+{noun}(?!\w))?", re.IGNORECASE)
