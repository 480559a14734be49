"""Numbers as people say them, and as recognisers mishear them."""

import re
from functools import cache
from typing import Final

from text_to_num import alpha2digit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from core.voice.languages.english import ENGLISH
from core.voice.languages.language import Language, either
from core.voice.names import spell_out

NUMBER_WORDS: Final = r"(?:numbers?|no\.?|nr\.?|nummer|n[úu]mero|num[ée]ro|n°|#)"
THING: Final = "thing"
_ORDINAL: Final = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")


def with_digits(text: str, language: Language = ENGLISH) -> str:
    """The text with its numbers in digits; "agent for" counts as agent 4 only where nothing follows."""
    heard = _homophones(language).sub(lambda found: f"{found[1]} {language.homophones[found[2].lower()]}", text)
    # In most languages 1 is an article: "un momento" is no number, and must not join the one before it.
    pieces = _kept(language.for_a_while).split(heard)
    return "".join(piece if at % 2 else _converted(piece, language) for at, piece in enumerate(pieces))


def _converted(text: str, language: Language) -> str:
    return str(alpha2digit(text, language.code, threshold=0))  # pyright: ignore[reportUnknownArgumentType]


@cache
def _kept(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(\s*{either(phrases)}\s*)", re.IGNORECASE)


def numbered(phrase: str, language: Language) -> str:
    """As ``with_digits``, for words about agents: ordinals become "2nd", and the one in "the login one" a thing."""
    said = re.sub(language.one_as_noun, THING, spell_out(phrase), flags=re.IGNORECASE)
    for number, ordinal in enumerate(_ordinals(language), start=1):
        said = ordinal.sub(f"{number}th", said)
    return _ORDINAL.sub(r"\1th", with_digits(said, language))


@cache
def _ordinals_of(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(either((phrase,)), re.IGNORECASE) for phrase in phrases)


def _ordinals(language: Language) -> tuple[re.Pattern[str], ...]:
    return _ordinals_of(language.ordinals)


@cache
def _homophones_of(agents: tuple[str, ...], words: tuple[str, ...]) -> re.Pattern[str]:
    named = "|".join((*agents, NUMBER_WORDS))
    return re.compile(rf"\b({named}) ({'|'.join(words) or '(?!)'})(?=\s*(?:[,.?!]|$))", re.IGNORECASE)


def _homophones(language: Language) -> re.Pattern[str]:
    return _homophones_of(language.agents, tuple(language.homophones))
