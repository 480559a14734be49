"""Numbers as people say them, and as recognisers mishear them."""

import re
from typing import Final

from text_to_num import alpha2digit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

_HOMOPHONES: Final = {"to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8"}
_HOMOPHONE: Final = re.compile(r"\b(agent|number) (to|too|for|fore|won|ate)(?=\s*(?:[,.?!]|$))", re.IGNORECASE)
_ORDINAL: Final = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")


def with_digits(text: str) -> str:
    """The text with its numbers in digits; "agent for" counts as agent 4 only where nothing follows."""
    heard = _HOMOPHONE.sub(lambda found: f"{found[1]} {_HOMOPHONES[found[2].lower()]}", text)
    return str(alpha2digit(heard, "en", threshold=0))  # pyright: ignore[reportUnknownArgumentType]


def ordinals_as_numbers(text: str) -> str:
    """Ordinals as plain numbers: "the 2nd one" becomes "the 2 one"."""
    return _ORDINAL.sub(r"\1", text)
