"""A transcript made ready for reading: without hesitation and courtesies, and in which language it is."""

import re
from typing import Final

from core.voice.languages.known import LANGUAGES
from core.voice.languages.language import Language, Phrases, either, starts

_SPACES: Final = re.compile(r"\s{2,}")
_STUTTER: Final = re.compile(r"^(?:(\w+)[\s,.]+(?=\1\b))+", re.IGNORECASE)
_ARTEFACT: Final = re.compile(r"^\W*[\[(].*[\])]\W*$|^[\W_]*$", re.DOTALL)


def clean(text: str, language: Language) -> str:
    """The text without hesitation."""
    filler = rf"(?:,\s*)?(?<!-){either(language.fillers)}(?!-)(?:\.\.\.|…|,)?"
    return _SPACES.sub(" ", re.sub(filler, "", text, flags=re.IGNORECASE)).strip(" ,")


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
    return starts_anywhere(language.corrections)


def starts_anywhere(phrases: Phrases) -> re.Pattern[str]:
    """A phrase anywhere, with the pauses around it."""
    return re.compile(rf"[\s,.…-]*{either(phrases)}[\s,.…-]*", re.IGNORECASE)


__all__ = ["LANGUAGES", "clean", "correction", "is_artefact", "starts_anywhere", "strip_courtesies"]
