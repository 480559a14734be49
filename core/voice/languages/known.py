"""The languages that Cadence knows, and which of them a text is in."""

import re
from typing import Final

from core.voice.languages.english import ENGLISH
from core.voice.languages.french import FRENCH
from core.voice.languages.german import GERMAN
from core.voice.languages.language import Language
from core.voice.languages.portuguese import PORTUGUESE
from core.voice.languages.spanish import SPANISH

# Where a text could be in several, the first of them counts.
LANGUAGES: Final = (ENGLISH, SPANISH, GERMAN, FRENCH, PORTUGUESE)
_WORD: Final = re.compile(r"(?:un-)?[^\W\d_]+")


def language_of(text: str) -> Language:
    """The language with most words in a text."""
    said = [word.lower() for word in _WORD.findall(text)]
    return max(LANGUAGES, key=lambda language: sum(word in language.words for word in said))
