"""Branches as people say them: "branch feature slash checkout dash v two" is ``feature/checkout-v2``."""

import re
from dataclasses import dataclass
from typing import Final

from core.voice.spoken_numbers import with_digits

_JOINT: Final = r"(?:\s*[/_-]\s*|\s+(?:slash|dash|hyphen|underscore|dot|point)\s+)"
_PLAIN: Final = r"[A-Za-z0-9.]*[A-Za-z0-9]"
_STOP: Final = r"(?:and|to|then|please|for|with|that|so|in|on)"
_MORE: Final = rf"(?:\s+(?!{_STOP}\b|slash\b|dash\b|underscore\b){_PLAIN}){{0,3}}"
_JOINED: Final = rf"{_PLAIN}(?:\s{_PLAIN})?(?:{_JOINT}{_PLAIN})*{_JOINT}{_PLAIN}{_MORE}"
_COMMON: Final = r"(?:main|master|develop|dev|staging|trunk|production)"
_NOT_A_BRANCH: Final = (
    r"(?!\s+(?:menu|page|screen|branch|nav|thread|loop|content|volume|key|dependenc|server|environment|site)\w*)"
)
_KIND: Final = r"(?:feature|feat|hot ?fix|bug ?fix|fix|release|chore)"
_CALLED: Final = r"(?:called |named |is |off |from )?"
_LEAD: Final = (
    r"[\s,]*(?:\b(?:oh\s+)?(?:and\s+)?(?:(?:do|put) it\s+)?(?:work(?:ing)?\s+)?(?:on|off|from|in|against)\s+)?"
    r"(?:(?:of|off)\s+)?"
)

_SPOKEN: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LEAD}\b(?:the|a)?\s*(?:new |base )?branch\s+{_CALLED}(?P<name>{_JOINED}|{_PLAIN})(?=[\s,.:;!?]|$)",
        rf"[\s,]*\b(?:on|off|from|against)\s+the\s+(?P<name>{_PLAIN}(?:{_JOINT}{_PLAIN})*)\s+branch\b",
        rf"[\s,]*\b(?:on|off|from|against)\s+(?P<name>{_KIND}{_JOINT}{_PLAIN}{_MORE})",
        rf"[\s,]*\b(?:on|off|from|against)\s+(?P<name>{_COMMON})\b{_NOT_A_BRANCH}",
    )
)
_WRITTEN: Final = (
    (re.compile(r"\s*(?:\bslash\b|/)\s*", re.IGNORECASE), "/"),
    (re.compile(r"\s*(?:\b(?:dash|hyphen)\b|-)\s*", re.IGNORECASE), "-"),
    (re.compile(r"\s*(?:\bunderscore\b|_)\s*", re.IGNORECASE), "_"),
    (re.compile(r"\s*\b(?:dot|point)\b\s*", re.IGNORECASE), "."),
    (re.compile(r"\bhot fix\b", re.IGNORECASE), "hotfix"),
    (re.compile(r"\bbug fix\b", re.IGNORECASE), "bugfix"),
    (re.compile(r"(?<=\bv)\s+(?=\d)", re.IGNORECASE), ""),
    (re.compile(r"\s+"), "-"),
)


@dataclass(frozen=True, slots=True)
class BranchMention:
    """A branch and where the words about it stand."""

    name: str
    start: int
    end: int


def find_branch(text: str) -> BranchMention | None:
    """The last branch that was named: a later one corrects an earlier one."""
    for pattern in _SPOKEN:
        found = list(pattern.finditer(text))
        if found:
            last = found[-1]
            return BranchMention(write_branch(last["name"]), last.start(), last.end())
    return None


def write_branch(name: str) -> str:
    """A spoken branch name as git writes it."""
    written = with_digits(name.strip(" .,"))
    for pattern, sign in _WRITTEN:
        written = pattern.sub(sign, written)
    return written.lower() if written.istitle() else written
