"""What can be listened to."""

import re
from typing import Final

from core.model.agent import Agent

_END: Final = re.compile(r"(?<=[.?!])\s+")


def sentences(text: str, most: int) -> str:
    """The first ``most`` sentences of a text, in one line."""
    return " ".join(_END.split(" ".join(text.split()))[:most])


def repo(agent: Agent) -> str:
    """The name of the agent's repository, as one says it."""
    return agent.repo_name.rpartition("/")[2]


def number(count: int) -> str:
    """A small number as a word."""
    return {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}.get(count, str(count))
