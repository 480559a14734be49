"""Whether an agent shall show its plan first: said with a request, or once for all that follow."""

import re
from typing import Final

from core.model.command import SetPlanFirst
from core.voice.clauses import strip_courtesies
from core.voice.languages.language import Language

_WITH_REQUEST: Final = re.compile(
    r"[\s,.;]*(?:\b(?:and|but)\s+)?\b(?:please\s+)?(?:"
    r"(?:show|tell|give|send)\s+me\s+(?:a|the|your|its)\s+plan\s+first"
    r"|(?:make|write|propose|draft)\s+a\s+plan\s+first"
    r"|with\s+a\s+plan\s+first|plan\s+(?:it\s+|this\s+|that\s+)?first"
    r"|(?:ask|check\s+with)\s+me\s+before\s+(?:you|it)\s+(?:starts?|begins?|changes?\s+anything))\b[\s,.;]*(?:then\b)?",
    re.IGNORECASE,
)
_ALWAYS: Final = re.compile(
    r"^(?:always|from now on,?(?: always)?)\s+(?:plan first|(?:show|tell|give) me (?:a|the|your) plan first|make a plan"
    r" first|ask me before .+)$"
    r"|^(?:plan first|(?:show|give) me (?:a|the|your) plan first)\s+(?:from now on|always|every time)$",
    re.IGNORECASE,
)
_NO_MORE: Final = re.compile(
    r"^(?:stop planning first|(?:don't|do not|no need to|never) (?:plan first|show me (?:a|the|your) plans? first)"
    r"(?: any ?more| from now on| again)?|no (?:more )?plans? first(?: any ?more| from now on)?)$",
    re.IGNORECASE,
)


def take_plan_first(text: str) -> tuple[str, bool]:
    """The request without "show me a plan first", and whether that was in it."""
    found = _WITH_REQUEST.search(text)
    return (text, False) if found is None else (f"{text[: found.start()]} {text[found.end() :]}".strip(" ,."), True)


def read_plan_first(text: str, language: Language) -> SetPlanFirst | None:
    """A wish for all that follows; None when the text is no such wish from end to end."""
    said = strip_courtesies(text, language)
    if _ALWAYS.match(said):
        return SetPlanFirst(wanted=True)
    return SetPlanFirst(wanted=False) if _NO_MORE.match(said) else None
