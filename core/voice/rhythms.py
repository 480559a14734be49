"""How often: "every weekday at nine", at the beginning or at the end of a request."""

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Final

from core.model.schedule import EVERY_DAY, WEEKDAYS, WEEKEND, Rhythm
from core.voice.spoken_numbers import with_digits

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY: Final = rf"(?:{'|'.join(_DAYS)})s?"
_NAMED: Final = rf"{_DAY}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_DAY})*"
_WHEN: Final = (
    rf"(?:(?:every|each)\s+(?P<every>other\s+\w+|day|morning|afternoon|evening|night|weekday|working day|week|weekend|"
    rf"month|hour|minute|(?P<count>\d+)\s+(?:hours?|minutes?|days?|weeks?)|{_NAMED})"
    rf"|(?P<adverb>daily|hourly|weekly|monthly)|on\s+(?P<on>weekdays|weekends|{_NAMED}))"
)
_TIME: Final = (
    r"(?:\s*,?\s*(?:at|around)\s+(?P<time>noon|midnight|(?P<hour>\d{1,2})(?:(?::|\s|\.)(?P<minute>\d{2}))?"
    r"(?:\s*(?:o'?clock))?(?:\s*(?P<half>[ap])\.?\s?m\.?)?(?:\s+in the (?P<part>morning|afternoon|evening))?))?"
)
_OPENING: Final = re.compile(
    rf"^(?:schedule|set up|plan)?[\s:,]*{_WHEN}{_TIME}\s*(?:,|:|to\b|please\b)?\s*", re.IGNORECASE
)
_CLOSING: Final = re.compile(rf"[\s,]*\b{_WHEN}{_TIME}(?:\s*,?\s*please)?[\s.!?]*$", re.IGNORECASE)
# "Find out why it crashes every morning" is about a crash.
_REASON: Final = re.compile(r"\b(?:why|because|when|where|how)\b", re.IGNORECASE)
_VERB: Final = re.compile(r"^(?:please\s+)?(?:schedule|set up a schedule)(?:\s+an? agent)?(?:\s+to)?\s+", re.IGNORECASE)
_PARTS: Final = {"morning": time(9), "afternoon": time(14), "evening": time(18), "night": time(22)}
_ADVERBS: Final = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month"}
_NOON: Final = 12
_HOURS: Final = 24
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Timed:
    """A request and its rhythm; None stands for one that we do not keep."""

    rhythm: Rhythm | None
    rest: str


def split_rhythm(text: str) -> Timed | None:
    """Take "every weekday at nine" off a request; None when it says nothing of that kind."""
    said = with_digits(text)
    for pattern in (_OPENING, _CLOSING):
        found = pattern.search(said)
        if found is not None and not _REASON.search(said[: found.start()]):
            rest = _VERB.sub("", (said[: found.start()] + said[found.end() :]).strip(" ,."))
            return Timed(_rhythm(found), rest)
    return None


def _rhythm(found: re.Match[str]) -> Rhythm | None:
    word = (found["every"] or _ADVERBS.get((found["adverb"] or "").lower()) or found["on"] or "").lower()
    basic = _basic(word, found["count"])
    if basic is None or basic.hours is not None:
        return basic if found["time"] is None else None
    if found["time"] is None:
        return basic
    at = _time(found)
    return None if at is None else replace(basic, at=at)


def _basic(word: str, count: str | None) -> Rhythm | None:
    if count is not None:
        hours = int(count) if "hour" in word else int(count) * _HOURS if "day" in word else 0
        return Rhythm(hours=hours) if hours in range(1, 7 * _HOURS + 1) else None
    match word:
        case "day" | "morning" | "afternoon" | "evening" | "night":
            return Rhythm(EVERY_DAY, _PARTS.get(word, time(9)))
        case "weekday" | "working day" | "weekdays":
            return Rhythm(WEEKDAYS)
        case "weekend" | "weekends":
            return Rhythm(WEEKEND)
        case "week":
            return Rhythm((0,))
        case "month":
            return Rhythm(monthly=True)
        case "hour":
            return Rhythm(hours=1)
        case _:
            days = tuple(sorted({number for number, day in enumerate(_DAYS) if day in word}))
            return Rhythm(days) if days and "other" not in word else None


def _time(found: re.Match[str]) -> time | None:
    if found["hour"] is None:
        return time(_NOON) if found["time"].lower() == "noon" else time(0)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "").lower()
    if half and not 1 <= hour <= _NOON:
        return None
    if half == "p" or (found["part"] or "").lower() in {"afternoon", "evening"}:
        hour = hour % _NOON + _NOON
    elif half == "a":
        hour %= _NOON
    return time(hour, minute) if hour < _HOURS and minute < _MINUTES else None
