"""What is done at once, what has to be confirmed, and what is not done here at all: one table, read from the top."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.model.command import (
    CreateAgent,
    CreateSchedule,
    DeleteSchedules,
    Intent,
    MessageAgent,
    PauseAgent,
    RaiseBudget,
    ResumeAgent,
    StopAgent,
)
from core.model.dialogue import Consequence, Trust
from core.voice.consequences import consequences


class Grade(StrEnum):
    """What a command needs before it is done. Whatever is done is named in the reply."""

    DO = "do"
    CONFIRM = "confirm"
    LINKED_DEVICE = "linked_device"
    NEVER_BY_VOICE = "never_by_voice"


@dataclass(frozen=True, slots=True)
class Case:
    """What the table looks at. ``confidence`` is 0–1."""

    intent: Intent
    trust: Trust
    confidence: float
    consequences: frozenset[Consequence]


_UNSURE: Final = 0.5
_LIVE: Final = frozenset({"production", "prod", "live"})
_Row = tuple[str, Callable[[Case], bool], Grade]

_TABLE: Final[tuple[_Row, ...]] = (
    ("a button says what it does, and was shown to its person", lambda case: case.trust is Trust.BUTTON, Grade.DO),
    (
        "money is not spent on a number that anybody can show",
        lambda case: isinstance(case.intent, RaiseBudget) and case.trust is Trust.CALLER_ID,
        Grade.NEVER_BY_VOICE,
    ),
    (
        "nor is harm done, or an agent's work ended, on one",
        lambda case: (bool(case.consequences) or isinstance(case.intent, StopAgent)) and case.trust is Trust.CALLER_ID,
        Grade.LINKED_DEVICE,
    ),
    (
        "what an agent has not pushed is lost when it stops",
        lambda case: isinstance(case.intent, StopAgent),
        Grade.CONFIRM,
    ),
    ("a schedule is not remembered", lambda case: isinstance(case.intent, DeleteSchedules), Grade.CONFIRM),
    ("money", lambda case: isinstance(case.intent, RaiseBudget), Grade.CONFIRM),
    ("what no review could undo", lambda case: bool(case.consequences), Grade.CONFIRM),
    (
        "a mishearing would change something",
        lambda case: case.confidence < _UNSURE and isinstance(case.intent, CreateAgent | PauseAgent | ResumeAgent),
        Grade.CONFIRM,
    ),
    ("everything else can be undone, and is named", lambda _: True, Grade.DO),
)


def grade(intent: Intent, trust: Trust, confidence: float = 1.0) -> Grade:
    """What this command needs before it is done."""
    case = Case(intent, trust, confidence, consequences_of(intent))
    return next(needed for _, applies, needed in _TABLE if applies(case))


def consequences_of(intent: Intent) -> frozenset[Consequence]:
    """What a command would do that could not be taken back: the words of a task are a task, whoever they address."""
    match intent:
        case CreateAgent(task=task, branch=branch) | CreateSchedule(task=task, branch=branch):
            # In "clear the data from production" nobody knows whether a branch was meant.
            return consequences(task) | consequences(f"{task} {branch}" if branch in _LIVE else "")
        case MessageAgent(_, text):
            return consequences(text)
        case _:
            return frozenset()
