"""Lists of phrases, as the tables hold them, made into patterns."""

import re
from collections.abc import Iterable

NEVER = re.compile(r"(?!)")


def pattern_of(phrases: Iterable[str]) -> str:
    """A pattern for any of these phrases; a star stands for any ending, a space for whatever stands between words."""
    return "|".join(_one(phrase) for phrase in sorted(dict.fromkeys(phrases), key=len, reverse=True))


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Finds whole phrases only, in any case."""
    return re.compile(whole(pattern_of(phrases)), re.IGNORECASE)


def whole(pattern: str) -> str:
    """The pattern where it does not begin or end inside a word."""
    return rf"(?<![\w'])(?:{pattern})(?![\w'])"


def _one(phrase: str) -> str:
    return r"\W+".join(re.escape(word).replace(r"\*", r"\w*").replace("'", "['’]") for word in phrase.split())
