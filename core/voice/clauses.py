"""A transcript made ready for reading: without hesitation and courtesies, and in which language it is."""

import re
from functools import cache
from typing import Final

from core.voice.languages.known import LANGUAGES
from core.voice.languages.language import Language, Phrases, either, ends, starts

_SPACES: Final = re.compile(r"\s{2,}")
_STUTTER: Final = re.compile(r"^(?:(\w+)[\s,.]+(?=\1\b))+", re.IGNORECASE)
_ARTEFACT: Final = re.compile(r"^\W*[\[(].*[\])]\W*$|^[\W_]*$", re.DOTALL)


def clean(text: str, language: Language) -> str:
    """The text without hesitation."""
    return _SPACES.sub(" ", _hesitation(language.fillers).sub("", text)).strip(" ,")


def is_artefact(text: str) -> bool:
    """True for "[BLANK_AUDIO]", for notes of music, and for nothing at all."""
    return _ARTEFACT.match(text) is not None


def strip_courtesies(text: str, language: Language) -> str:
    """What remains of "hey, could you please …" and of "stop, stop …"; the text itself where nothing would."""
    said = text.strip(" ¿¡")
    courtesy = starts(language.courtesies)
    while (found := courtesy.match(said)) is not None:
        rest = said[found.end() :].lstrip(" ,.!:;-–—…")
        if not rest.strip(" ,.!?"):
            break
        said = rest
    return _STUTTER.sub("", said.strip(" ,.!?…"))


def correction(language: Language) -> re.Pattern[str]:
    """Where somebody corrects themselves, the pauses around it included."""
    return _with_pauses(language.corrections)


@cache
def _with_pauses(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(rf"[\s,.…-]*{either(phrases)}[\s,.…-]*", re.IGNORECASE)


def refuses(text: str) -> bool:
    """True for what is refused from the first word on, or taken back at the end, in whatever language."""
    return any(_refuses(text, language) for language in LANGUAGES)


def _refuses(text: str, language: Language) -> bool:
    said = strip_courtesies(clean(text, language), language)
    return starts(language.negations).match(said) is not None or ends(language.withdrawals).search(text) is not None


@cache
def _hesitation(fillers: Phrases) -> re.Pattern[str]:
    return re.compile(rf"(?:,\s*)?(?<!-){either(fillers)}(?!-)(?:\.\.\.|…|,)?", re.IGNORECASE)
