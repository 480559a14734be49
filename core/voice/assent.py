"""Yes, no, and the other small words of a conversation, from ``conversation.toml``."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from core.voice.phrase_lists import any_of

_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_AT_FIRST: Final = 5
_KINDS: Final = (
    "yes",
    "no",
    "calls_off",
    "not",
    "chatter",
    "unsure",
    "filler",
    "it",
    "other",
    "rather",
    "spares",
    "too",
    "more",
    "meant",
)


@dataclass(frozen=True, slots=True)
class SmallWords:
    """One pattern for each kind, for all languages together."""

    yes: re.Pattern[str]
    no: re.Pattern[str]
    calls_off: re.Pattern[str]
    negates: re.Pattern[str]
    chatter: re.Pattern[str]
    unsure: re.Pattern[str]
    filler: re.Pattern[str]
    it: re.Pattern[str]
    other: re.Pattern[str]
    rather: re.Pattern[str]
    spares: re.Pattern[str]
    too: re.Pattern[str]
    more: re.Pattern[str]
    meant: re.Pattern[str]


@cache
def small_words() -> SmallWords:
    """The small words of every language."""
    text = (resources.files("core.voice") / "conversation.toml").read_text(encoding="utf-8")
    languages: list[dict[str, list[str]]] = list(tomllib.loads(text).values())

    def of(kind: str) -> re.Pattern[str]:
        return any_of(phrase for language in languages for phrase in language[kind])

    return SmallWords(*(of(kind) for kind in _KINDS))


@dataclass(frozen=True, slots=True)
class Assent:
    """What an answer says to a yes-or-no question, and what else it says."""

    yes: bool
    no: bool
    rest: str

    @property
    def bare(self) -> bool:
        """Whether it says nothing else."""
        return not self.rest


def read_assent(text: str) -> Assent:
    """Only what is plainly a yes is one: "okay" alone, thanks and noise are neither yes nor no.

    A "no" counts among the first words only: further back it negates something else. A yes beside a "not" or a "but"
    is none, and who does not know has said neither.
    """
    words = small_words()
    if words.unsure.search(text) is not None:
        return Assent(yes=False, no=False, rest=text)
    no = words.no.search(" ".join(text.split()[:_AT_FIRST])) is not None
    yes = words.yes.search(text) is not None and words.negates.search(text) is None
    rest = words.no.sub(" ", text, count=1) if no else text
    rest = words.filler.sub(" ", words.yes.sub(" ", rest))
    return Assent(yes and not no, no, " ".join(_WORD.findall(rest)))


def calls_off(text: str) -> bool:
    """Whether it says never mind."""
    return small_words().calls_off.search(text) is not None


def negates(text: str) -> bool:
    """Whether there is a "not" or a "but" in it, or an "except"."""
    return small_words().negates.search(text) is not None or small_words().spares.search(text) is not None


def words_left(text: str) -> int:
    """How many words there are besides greetings, hums, thanks and doubts: none in "one second" and in "no idea"."""
    words = small_words()
    rest = words.yes.sub(" ", words.unsure.sub(" ", words.chatter.sub(" ", text)))
    return len(_WORD.findall(words.filler.sub(" ", rest)))


def after_yes(text: str) -> str:
    """What is said beside the yes."""
    return small_words().yes.sub(" ", text, count=1)


def adds(text: str) -> bool:
    """Whether it says that there is more: "and also"."""
    return small_words().too.search(text) is not None or without_lead(text, small_words().more) is not None


def without_lead(text: str, kind: re.Pattern[str]) -> str | None:
    """What follows words of a kind at the beginning, "oh" and "well" aside; None when it does not begin with them."""
    rest, found = text, False
    while True:
        rest = rest.lstrip(" ,.;:!–-")
        lead = kind.match(rest) or small_words().filler.match(rest)
        if lead is None or not lead.group():
            return rest if found else None
        found = found or kind.match(rest) is not None
        rest = rest[lead.end() :]
