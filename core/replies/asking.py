"""What Cadence asks back before it does something, and how a whole turn of a conversation sounds."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from core.model.agent import Agent
from core.model.command import (
    Act,
    CreateAgent,
    CreateSchedule,
    DeleteSchedules,
    Doubt,
    Intent,
    MessageAgent,
    Outcome,
    PauseAgent,
    RaiseBudget,
    ResumeAgent,
    StopAgent,
)
from core.model.dialogue import Asking, Confirming, Consequence, Pending, Step
from core.model.messages import Reply, Transcript
from core.replies.buttons import confirm_buttons, pick_buttons
from core.replies.spoken import number, repo
from core.replies.wording import QUESTIONS, answer

_LONGEST: Final = 60
_WARNINGS: Final[dict[Consequence, str]] = {
    Consequence.DATA: "That changes data for good",
    Consequence.HISTORY: "That rewrites history",
    Consequence.INFRASTRUCTURE: "That changes what is running",
    Consequence.RELEASE: "That goes out without a review",
    Consequence.SECRETS: "That touches secrets",
    Consequence.STEERING: "That has orders in it, and I take them as the agent's task only",
    Consequence.OVERRIDE: "That has orders in it, and I take them as the agent's task only",
}
_VERBS: Final = {Act.PAUSE: "pause", Act.RESUME: "resume", Act.STOP: "stop", Act.STATUS: "look at"}


def reply(step: Step, outcomes: Sequence[Outcome], agents: Sequence[Agent], heard: Transcript | None) -> Reply:
    """All that a turn comes to, in one reply."""
    parts = [answer(outcome, heard) for outcome in outcomes]
    words = heard.text if heard else None
    if step.dropped is not None:
        parts.append(Reply("All right, I leave it.", heard=words))
    if step.refused is not None:
        parts.append(
            Reply("Not by phone alone. Say it again in the app or in a chat that you have linked.", heard=words)
        )
    if step.asked and step.memory.pending is not None:
        parts.append(question(step.memory.pending, agents, words))
    return _together(parts) if parts else Reply("That question is no longer open.", heard=words)


def question(pending: Pending, agents: Sequence[Agent], heard: str | None = None) -> Reply:
    """What we ask, with a button for each answer."""
    match pending.question:
        case Confirming(acts, consequences):
            text, yes = _confirmation(acts, consequences, agents)
            return Reply(text, heard=heard, detail=_task(acts), actions=confirm_buttons(pending.id, yes))
        case Asking():
            return _asking(pending.id, pending.question, agents, heard)


def _asking(pending: UUID, asked: Asking, agents: Sequence[Agent], heard: str | None) -> Reply:
    options = list(asked.repos) or [
        f"{agent.name}: {_short(agent.task_description)}" for agent in _named(asked.agents, agents)
    ]
    listed = "\n".join(f"{place}. {option}" for place, option in enumerate(options, 1)) or None
    return Reply(_question(asked, agents), heard=heard, detail=listed, actions=pick_buttons(pending, options))


def _question(asked: Asking, agents: Sequence[Agent]) -> str:
    offered = [name.rpartition("/")[2] for name in asked.repos]
    offered = offered or [agent.name for agent in _named(asked.agents, agents)]
    if asked.doubt is Doubt.WHAT_TASK and asked.draft.repo is not None:
        return f"What should the agent do in {asked.draft.repo.name}?"
    if not offered:
        return QUESTIONS[asked.doubt]
    if asked.doubt in {Doubt.WHICH_AGENT, Doubt.NO_SUCH_AGENT}:
        return f"Which one shall I {_VERBS.get(asked.draft.act, 'take')}: {_or(offered)}?"
    known = "" if asked.doubt is Doubt.WHICH_REPO else "I don't know that repo. "
    return f"{known}Which repo: {_or(offered)}?"


def _confirmation(
    acts: Sequence[Intent], consequences: frozenset[Consequence], agents: Sequence[Agent]
) -> tuple[str, str]:
    """The question, and what its yes is called."""
    warning = next((f"{_WARNINGS[sign]}. " for sign in Consequence if sign in consequences), "")
    match acts:
        case (StopAgent(stopped), CreateAgent(instead)):
            return f"Stop {_names(stopped, agents)} and start it on {instead.name} instead?", "Yes"
        case (StopAgent(stopped),):
            lost = "What is not pushed is lost."
            return f"Stop {_names(stopped, agents)}? {lost}", "Stop" if len(
                stopped
            ) == 1 else f"Stop all {len(stopped)}"
        case (PauseAgent(held),):
            return f"Pause {_names(held, agents)}?", "Pause"
        case (ResumeAgent(resumed),):
            return f"Resume {_names(resumed, agents)}?", "Resume"
        case (CreateAgent(where, task),):
            return f"{warning}Start an agent on {where.name} to {_short(task)}?", "Start"
        case (CreateSchedule(where, task),):
            return f"{warning}Plan that for {where.name}: {_short(task)}?", "Plan it"
        case (MessageAgent(agent, text),):
            return f"{warning}Tell {_names((agent,), agents)}: {_short(text)}?", "Tell it"
        case (DeleteSchedules(numbers),):
            many = "schedules" if len(numbers) > 1 else "schedule"
            which = f"{many} {_and([number(each) for each in numbers])}" if numbers else "all schedules"
            return f"Delete {which}?", "Delete"
        case (RaiseBudget(agent, _, dollars),):
            return f"Let {_names((agent,), agents)} spend up to {dollars:g} dollars?", "Raise it"
        case _:
            return "Shall I do that?", "Yes"


def _together(parts: Sequence[Reply]) -> Reply:
    if len(parts) == 1:
        return parts[0]
    return Reply(
        " ".join(part.text for part in parts),
        heard=parts[0].heard,
        detail="\n\n".join(part.detail for part in parts if part.detail) or None,
        links=tuple(link for part in parts for link in part.links),
        actions=tuple(action for part in parts for action in part.actions),
    )


def _task(acts: Iterable[Intent]) -> str | None:
    """The whole task, to be read before it is agreed to."""
    return "\n".join(f"Task: {act.task}" for act in acts if isinstance(act, CreateAgent | CreateSchedule)) or None


def _named(ids: Iterable[UUID], agents: Sequence[Agent]) -> list[Agent]:
    known = {agent.id: agent for agent in agents}
    return [known[each] for each in ids if each in known]


def _names(ids: Iterable[UUID], agents: Sequence[Agent]) -> str:
    return _and([f"{agent.name} on {repo(agent)}, {_short(agent.task_description)}" for agent in _named(ids, agents)])


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(".!?")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _and(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) <= 2 else f"{'; '.join(names[:-1])}; and {names[-1]}"  # noqa: PLR2004


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
