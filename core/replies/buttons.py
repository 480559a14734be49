"""What a button's token says, written and read in one place."""

from collections.abc import Sequence
from textwrap import shorten
from typing import Final
from uuid import UUID

from core.model.agent import Question
from core.model.command import (
    AnswerQuestion,
    CheckStatus,
    Choice,
    Doubt,
    Intent,
    PauseAgent,
    Purse,
    RaiseBudget,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.model.dialogue import Pick
from core.model.messages import Action

_LABEL: Final = 40
_MOST_DOLLARS: Final = 100_000.0

_PURSES: Final = {purse[0]: purse for purse in Purse}
_VERBS: dict[str, type[PauseAgent | ResumeAgent | StopAgent | CheckStatus]] = {
    "pause": PauseAgent,
    "resume": ResumeAgent,
    "stop": StopAgent,
    "status": CheckStatus,
}


def stop_button(agent_id: UUID) -> Action:
    """Ends the agent."""
    return Action("Stop", f"stop:{agent_id}")


def pause_button(agent_id: UUID) -> Action:
    """Holds the agent."""
    return Action("Pause", f"pause:{agent_id}")


def resume_button(agent_id: UUID) -> Action:
    """Lets the agent go on."""
    return Action("Resume", f"resume:{agent_id}")


def raise_button(agent_id: UUID, purse: Purse, dollars: float) -> Action:
    """Raises a cap to ``dollars``; pressed twice, it raises it once."""
    whose = {Purse.RUN: "its budget", Purse.DAY: "the daily budget", Purse.MONTH: "the monthly budget"}[purse]
    return Action(f"Raise {whose} to ${dollars:g}", f"raise:{agent_id}:{purse[0]}:{dollars:g}")


def answer_buttons(agent_id: UUID, question: Question) -> tuple[Action, ...]:
    """One for each answer that the question offers; none answers any other question."""
    return tuple(_answer_button(agent_id, question, index) for index in range(len(question.options)))


def _answer_button(agent_id: UUID, question: Question, index: int) -> Action:
    label = shorten(question.options[index], _LABEL, placeholder="…")
    # Nothing is left of an option that is empty or one endless word; a button must say something.
    return Action(
        label if label.strip("…") else f"Option {index + 1}", f"answer:{agent_id}:{question.leg}.{question.seq}.{index}"
    )


def confirm_buttons(pending: UUID, yes: str) -> tuple[Action, ...]:
    """Do it, or leave it; for this question and no other."""
    return Action(yes, f"yes:{pending}"), Action("No", f"no:{pending}")


def pick_buttons(pending: UUID, options: Sequence[str]) -> tuple[Action, ...]:
    """One for each option of a question, and one that calls the whole thing off."""
    picks = (Action(shorten(each, _LABEL, placeholder="…"), f"pick:{pending}:{n}") for n, each in enumerate(options))
    return (*picks, Action("Never mind", f"no:{pending}"))


def read_button(token: str) -> Intent | Pick:
    """What a pressed button asks for. A button that we never made asks for nothing."""
    verb, _, rest = token.partition(":")
    agent_id, _, choice = rest.partition(":")
    try:
        if verb == "answer":
            leg, seq, option = map(int, choice.split("."))
            return AnswerQuestion(UUID(agent_id), Choice(leg, seq, option))
        if verb == "raise":
            purse, _, dollars = choice.partition(":")
            return RaiseBudget(UUID(agent_id), _PURSES[purse], _sane(float(dollars)))
        if verb in {"yes", "no"}:
            return Pick(UUID(agent_id), agreed=verb == "yes")
        if verb == "pick":
            return Pick(UUID(agent_id), option=int(choice))
        return _VERBS[verb]((UUID(agent_id),))
    except (KeyError, ValueError):
        return Unclear(Doubt.NOT_A_COMMAND)


def _sane(dollars: float) -> float:
    if not 0 < dollars <= _MOST_DOLLARS:
        raise ValueError(dollars)
    return dollars
