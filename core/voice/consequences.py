"""What a task would do that nobody could take back after a look at its pull request, read from its words.

The words are in ``consequences.toml``. It may ask once too often; it must not miss what it has the words for.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.model.dialogue import Consequence
from core.voice.phrase_lists import pattern_of, whole


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    consequence: Consequence
    verbs: str | tuple[str, ...]
    things: str | tuple[str, ...] = ()
    apart: int = 0
    order: Literal["before", "either"] = "before"
    but_not: tuple[str, ...] = ()


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    words: dict[str, tuple[str, ...]]
    rule: tuple[_Rule, ...]

    def pattern(self, rule: _Rule) -> re.Pattern[str]:
        verbs, things = self._listed(rule.verbs), self._listed(rule.things)
        but_not = rf"(?!\W+(?:{pattern_of(rule.but_not)})\b)" if rule.but_not else ""
        if not things:
            return re.compile(whole(verbs) + but_not, re.IGNORECASE)
        between = rf"(?:\W+\S+){{0,{rule.apart}}}?\W+"
        said = whole(verbs) + between + whole(things) + but_not
        if rule.order == "either":
            said += "|" + whole(things) + between + whole(verbs)
        return re.compile(said, re.IGNORECASE)

    def _listed(self, phrases: str | tuple[str, ...]) -> str:
        return pattern_of(self.words[phrases] if isinstance(phrases, str) else phrases)


def consequences(task: str) -> frozenset[Consequence]:
    """What a task would do outside of a diff that can be reviewed. Deleting code is nothing of the kind."""
    return frozenset(consequence for consequence, pattern in _patterns() if pattern.search(task))


def begins_with_harm(said: str) -> bool:
    """Whether it begins as an order for such work: "drop the customers table in production"."""
    return any(
        pattern.match(said) is not None
        for consequence, pattern in _patterns()
        if consequence not in {Consequence.STEERING, Consequence.OVERRIDE}
    )


@cache
def _patterns() -> tuple[tuple[Consequence, re.Pattern[str]], ...]:
    text = (resources.files("core.voice") / "consequences.toml").read_text(encoding="utf-8")
    table = _Table.model_validate(tomllib.loads(text))
    return tuple((rule.consequence, table.pattern(rule)) for rule in table.rule)
