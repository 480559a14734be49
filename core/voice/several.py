"""Several commands in one breath: "pause agent two and stop agent three"."""

import re
from typing import Final

from core.voice.clauses import strip_courtesies
from core.voice.languages.known import language_of
from core.voice.languages.language import Language, holds, sentences, starts
from core.voice.spoken_numbers import numbered
from core.voice.targets import calls_it_an_agent

_JOINT: Final = re.compile(
    r"\s*[,.;]?\s+(?:and then|and also|and|then|also|y luego|y|und dann|und|dann|et puis|et|puis|e depois|e)\s+"
    r"|[,.;]\s+",
    re.IGNORECASE,
)
_FEW_WORDS: Final = 3


def split_commands(text: str) -> tuple[str, ...]:
    """The commands in ``text``, in order: one sentence stays one, and the words of a task are never taken apart.

    Nothing is split where somebody corrects themselves, refuses something, or sets a condition first.
    """
    language = language_of(text)
    if holds(language.corrections).search(text) or _is_no_order(text, language):
        return (text,)
    commands: list[str] = []
    begun = 0
    for joint in _JOINT.finditer(text):
        before, after = text[begun : joint.start()], text[joint.end() :]
        if _stands_alone(before, language) and _begins_another(after, language):
            commands.append(before.strip())
            begun = joint.end()
    return (*commands, text[begun:].strip())


def _is_no_order(text: str, language: Language) -> bool:
    said = strip_courtesies(text, language)
    return starts((*language.negations, *language.talk)).match(said) is not None


def _stands_alone(said: str, language: Language) -> bool:
    """True for a whole order or question; what may be a task never is, for nobody knows where it ends."""
    said = strip_courtesies(said, language)
    return _is_order(said, language) or (
        starts(language.questions).match(said) is not None and holds(language.launches).search(said) is None
    )


def _begins_another(said: str, language: Language) -> bool:
    """True where what follows is no part of the command before, but the beginning of one more."""
    rest = _JOINT.split(strip_courtesies(said, language))[0]
    if starts(language.negations).match(rest):
        return False
    return (
        _is_order(rest, language)
        or holds(language.launches).search(rest) is not None
        or (starts(language.questions).match(rest) is not None and _speaks_of_agents(rest, language))
    )


def _is_order(said: str, language: Language) -> bool:
    """True for an order whose object sounds like an agent; who it is does not matter here."""
    for templates in language.orders.values():
        for sentence in sentences(templates):
            match = sentence.match(said)
            if match is not None:
                target = match.groupdict().get("target") or ""
                return _speaks_of_agents(target, language) or len(target.split()) <= _FEW_WORDS
    return False


def _speaks_of_agents(said: str, language: Language) -> bool:
    phrases = (*language.everything, *language.pronouns, *language.newest)
    said = numbered(said, language)
    return (
        calls_it_an_agent(said, language)
        or any(character.isdigit() for character in said)
        or holds(phrases).search(said) is not None
    )
