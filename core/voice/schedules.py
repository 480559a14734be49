"""Schedules in words: a request with a rhythm, and orders to schedules that are there."""

import re
from typing import Final

from core.model.command import (
    CreateAgent,
    CreateSchedule,
    DeleteSchedules,
    Doubt,
    ListSchedules,
    PauseSchedules,
    ResumeSchedules,
    Unclear,
)
from core.voice.clauses import strip_courtesies
from core.voice.interpreter import Surroundings
from core.voice.languages.language import Language
from core.voice.requests import asks_outright, read_request
from core.voice.rhythms import split_rhythm
from core.voice.spoken_numbers import with_digits

_LIST: Final = re.compile(
    r"^(?:list|show(?: me)?|what are|which|what|do i have(?: any)?|read me)\s+(?:all\s+)?(?:of\s+)?"
    r"(?:my\s+|the\s+)?schedules\b.*$",
    re.IGNORECASE,
)
_ORDER: Final = re.compile(
    r"^(?P<verb>pause|suspend|hold|stop|resume|unpause|restart|delete|remove|cancel|drop)\s+(?:the\s+|my\s+)?"
    r"(?:(?P<all>all(?:\s+(?:of\s+)?(?:the|my))?\s+schedules|schedules)|schedules?\s+(?:number\s+)?"
    r"(?P<numbers>\d+(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)\d+)*))(?:\s*,?\s*(?:please|now|for now))?$",
    re.IGNORECASE,
)
_VERBS: Final = {
    "pause": PauseSchedules,
    "suspend": PauseSchedules,
    "hold": PauseSchedules,
    "stop": PauseSchedules,
    "resume": ResumeSchedules,
    "unpause": ResumeSchedules,
    "restart": ResumeSchedules,
    "delete": DeleteSchedules,
    "remove": DeleteSchedules,
    "cancel": DeleteSchedules,
    "drop": DeleteSchedules,
}

ScheduleIntent = CreateSchedule | ListSchedules | PauseSchedules | ResumeSchedules | DeleteSchedules


def read_schedule(text: str, surroundings: Surroundings, language: Language) -> ScheduleIntent | Unclear | None:
    """What is said about schedules; None when it is about something else."""
    said = strip_courtesies(text, language)
    if _LIST.match(said):
        return ListSchedules()
    order = _ORDER.match(with_digits(said))
    if order is not None:
        return _VERBS[order["verb"].lower()](
            tuple(int(number) for number in re.findall(r"\d+", order["numbers"] or ""))
        )
    return _read_new(said, surroundings, language)


def _read_new(said: str, surroundings: Surroundings, language: Language) -> CreateSchedule | Unclear | None:
    """Only an outright request counts: "every day the build breaks" is a complaint."""
    timed = split_rhythm(said)
    if timed is None or not asks_outright(timed.rest, language):
        return None
    if timed.rhythm is None:
        return Unclear(Doubt.WHAT_RHYTHM)
    request = read_request(timed.rest, surroundings, language)
    match request.intent if request else None:
        case CreateAgent(repo, task, branch):
            return CreateSchedule(repo, task, timed.rhythm, branch)
        case Unclear() as unclear:
            return unclear
        case _:
            return None
