"""Branches as people say them: "branch feature slash checkout dash v two" is ``feature/checkout-v2``."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.voice.languages.english import ENGLISH
from core.voice.languages.language import Language, either
from core.voice.spoken_numbers import with_digits

_SLASH: Final = r"(?:slash|barra|schrägstrich|forward slash|barre oblique)"
_DASH: Final = r"(?:dash|hyphen|minus|bindestrich|strich|guion|guión|tiret|hífen|traço)"
_UNDERSCORE: Final = r"(?:underscore|under score|unterstrich|guion bajo|guión bajo|tiret bas|sublinhado)"
_DOT: Final = r"(?:dot|point|punkt|punto|ponto)"
_JOINT: Final = rf"(?:\s*[/_-]\s*|\s+(?:{_SLASH}|{_DASH}|{_UNDERSCORE}|{_DOT})\s+)"
_PLAIN: Final = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -]"
    r"(?:one|two|three|four|five|six|seven|eight|nine)\b|[A-Za-z0-9.]*[A-Za-z0-9])"
)
_ITS: Final = r"(?:the|a|my|el|la|den|dem|der|le|o)"
_BRANCH: Final = r"(?:branch|rama|zweig|branche|ramo)"
_COMMON: Final = r"(?:main|master|develop|dev|staging|trunk|production|next)"
_NOT_A_BRANCH: Final = (
    r"(?!\s+(?:menu|page|screen|branch|nav|thread|loop|content|volume|key|dependenc|server|environment|site|cluster|"
    r"database|build|deploy|data|api|traffic|system|console|account|bundle|axis|entry|window)\w*)"
)
_KIND: Final = r"(?:feature|feat|hot ?fix|bug ?fix|fix|release|chore|refactor|docs|test|experiment|spike|wip)"
_CALLED: Final = r"(?:called |named |is |off |from |of |name |namens |llamada |appelée |chamad[ao] |:\s*)?"
_ON: Final = (
    r"(?:(?:cut|branched|based|base it|starting)\s+)?"
    r"(?:on|off|from|against|onto|based on|off of|auf|von|en|sobre|desde|sur|depuis|na|em|de)"
)
_LEAD: Final = (
    r"[\s,]*(?:\b(?:oh\s+)?(?:and\s+)?(?:(?:do|put) it\s+)?(?:work(?:ing)?\s+|based\s+)?"
    rf"(?:{_ON}|in|use|using|base it (?:on|off))\s+)?(?:(?:of|off)\s+)?"
)
# Little words that end a branch's name where nothing else does.
_STOPS: Final = (
    "and", "to", "then", "please", "for", "with", "that", "so", "in", "on", "there", "the", "a", "an", "it", "we", "i",
    "you", "because", "where", "which", "when", "is", "are",
    "of", "from", "off", "can", "could", "should", "needs?", "thanks?", "y", "para",
    "und", "um", "der", "die", "das", "et", "pour", "le", "la", "les", "e", "o", "bitte", "por", "s'il",
)  # fmt: skip
_WRITTEN: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), sign)
    for pattern, sign in (
        (rf"\s*(?:\b{_SLASH}\b|/)\s*", "/"),
        (rf"\s*(?:\b{_UNDERSCORE}\b|_)\s*", "_"),
        (rf"\s*(?:\b{_DASH}\b|-)\s*", "-"),
        (rf"\s*\b{_DOT}\b\s*", "."),
        (r"\bhot fix\b", "hotfix"),
        (r"\bbug fix\b", "bugfix"),
        (r"(?<=\bv)\s+(?=\d)", ""),
        (r"(?<=\.)\s*oh?\b", "0"),
        (r"\s+", "-"),
    )
)


@dataclass(frozen=True, slots=True)
class BranchMention:
    """A branch and where the words about it stand."""

    name: str
    start: int
    end: int


def find_branch(text: str, language: Language = ENGLISH) -> BranchMention | None:
    """The last branch that was named: a later one corrects an earlier one."""
    for pattern in _patterns(language):
        found = list(pattern.finditer(text))
        if found:
            last = found[-1]
            return BranchMention(write_branch(last["name"], language), last.start(), last.end())
    return None


def write_branch(name: str, language: Language = ENGLISH) -> str:
    """A spoken branch name as git writes it."""
    written = with_digits(name.strip(" .,"), language)
    for pattern, sign in _WRITTEN:
        written = pattern.sub(sign, written)
    return written.lower() if written.istitle() else written


def _patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    return _patterns_of(language.code, either((*_STOPS, *language.work)))


@cache
def _patterns_of(_code: str, stops: str) -> tuple[re.Pattern[str], ...]:
    """``stops`` are words that do not belong to a name any more: orders about code, above all."""
    plain = rf"(?!{stops}){_PLAIN}"
    separators = rf"(?!(?:{_SLASH}|{_DASH}|{_UNDERSCORE}|{_DOT})\b)"
    more = rf"(?:\s+{separators}{plain}(?![\w'])){{0,3}}"
    joined = rf"{_PLAIN}(?:\s{plain})?(?:{_JOINT}{_PLAIN})*{_JOINT}{_PLAIN}{more}"
    version = r"(?:\s+(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b)?"
    dashed = rf"{_PLAIN}(?:\s{plain})?(?:{_JOINT}{_PLAIN})*\s+{_DASH}\s+{_PLAIN}(?:{_JOINT}{_PLAIN})*{version}"
    name = rf"(?P<name>{dashed}(?!{_JOINT})|{joined}|{_PLAIN})"
    patterns = (
        rf"{_LEAD}\b{_ITS}?\s*(?:new |base |neuen |target )?{_BRANCH}\s+{_CALLED}{name}(?=[\s,.:;!?]|$)",
        rf"[\s,]*\b{_ON}\s+(?:the|my|dem|la|le|o)\s+(?P<name>{_PLAIN}(?:{_JOINT}{_PLAIN})*)\s+{_BRANCH}\b",
        rf"[\s,]*\b{_ON}\s+(?P<name>{_KIND}{_JOINT}(?:{dashed}(?!{_JOINT})|{_PLAIN}(?:{_JOINT}{_PLAIN})*{more}))",
        rf"[\s,]*\b(?:{_ON}\s+)?(?:the\s+)?(?P<name>{_KIND}{_JOINT}{_PLAIN}(?:{_JOINT}{_PLAIN})*)\s+{_BRANCH}\b",
        rf"[\s,]*\b{_ON}\s+(?P<name>{_COMMON})\b{_NOT_A_BRANCH}",
        rf"(?<=push)\s+(?:straight |directly )?to\s+(?P<name>{_COMMON})\b{_NOT_A_BRANCH}",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
