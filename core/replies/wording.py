"""Every sentence Cadence says. ``text`` is fit to be spoken: no ids, no URLs, no code, two sentences at most."""

from dataclasses import replace
from typing import assert_never

from core.model.agent import Agent, Parking, Phase, Question, Status
from core.model.command import (
    AgentCreated,
    BudgetRaised,
    Doubt,
    FollowUpTaken,
    NotDone,
    NotUnderstood,
    Outcome,
    PlanFirstSet,
    ScheduleAnswered,
    StatusReported,
    Unclear,
    Wish,
    WishRecorded,
)
from core.model.messages import Action, Link, Reply, Transcript
from core.replies import money
from core.replies.buttons import answer_buttons, pause_button, resume_button, stop_button
from core.replies.spoken import number, repo

_FEW = 2
_EXAMPLE = "Try: start an agent on my repo to fix the failing test."

_PHASES: dict[Phase, str] = {
    Phase.QUEUED: "waiting for a machine",
    Phase.PROVISIONING: "getting a machine ready",
    Phase.CLONING: "fetching the code",
    Phase.WORKING: "working",
    Phase.WAITING_FOR_ANSWER: "waiting for your answer",
    Phase.PUBLISHING: "opening the pull request",
}

QUESTIONS: dict[Doubt, str] = {
    Doubt.NOT_A_COMMAND: f"I did not take that as a command. {_EXAMPLE}",
    Doubt.WHICH_REPO: "Which repo do you mean? Say it again with its name.",
    Doubt.UNKNOWN_REPO: "I don't know that repo. Say it again with the name of one that you may use.",
    Doubt.NO_REPOS: "You have no repos here yet. Add one first, then tell me again.",
    Doubt.WHAT_TASK: "What should the agent do? Say it again with the task.",
    Doubt.WHICH_AGENT: "Which agent do you mean? Say its name or number.",
    Doubt.WHAT_RHYTHM: "How often shall that be? Say, for example, every weekday at nine; once an hour at most.",
    Doubt.NO_SUCH_AGENT: "There is no such agent at work right now.",
    Doubt.NOTHING_OPEN: "There is nothing open that I could take that for.",
    Doubt.TO_BE_READ: "Read what I heard, put it right, and send it.",
}


def answer(outcome: Outcome, transcript: Transcript | None) -> Reply:
    """What we say at once to a command."""
    heard = transcript.text if transcript else None
    match outcome:
        case AgentCreated(agent, left):
            next_word = "It shows you its plan first." if agent.plan_first and left is None else _what_is_left(left)
            return Reply(
                f"{agent.name} is starting on {repo(agent)}. {next_word}",
                heard=heard,
                detail=f"Task: {agent.task_description}\nFrom branch: {agent.branch}",
                actions=(stop_button(agent.id),),
            )
        case StatusReported(agents):
            return _status(agents, heard)
        case WishRecorded():
            return Reply(_wish(outcome), heard=heard)
        case FollowUpTaken():
            return Reply(_followup(outcome), heard=heard)
        case BudgetRaised():
            return Reply(money.raised(outcome), heard=heard)
        case PlanFirstSet(wanted):
            how = "Your agents show you their plan first" if wanted else "Your agents start without showing a plan"
            return Reply(f"{how} from now on.", heard=heard)
        case ScheduleAnswered(reply):
            return replace(reply, heard=heard)
        case NotDone(reason):
            return Reply(reason, heard=heard)
        case NotUnderstood(unclear):
            return Reply(QUESTIONS[unclear.doubt], heard=heard, detail=_options(unclear))
        case _:
            assert_never(outcome)


def refused(reason: str) -> Reply:
    """The person can put it right; ``reason`` says how."""
    return Reply(reason)


def try_again() -> Reply:
    """Somebody else's system is down."""
    return Reply("Something I depend on did not answer. Nothing was started, please try again in a minute.")


def gave_up() -> Reply:
    """Handling the message failed again and again."""
    return Reply("Something went wrong on my side with that message, and I have given it up. Please send it again.")


def listening(share: float) -> Reply:
    """How far a long recording has been listened to; ``share`` is 0–1."""
    if share >= 1:
        return Reply("I have listened to all of your recording.")
    return Reply(f"I am listening to your recording: {round(share * 100)} percent so far.")


def stranger(channel_name: str) -> Reply:
    """An unknown sender, and the way to become a known one."""
    return Reply(
        f"I don't know this {channel_name} account yet.",
        detail="The owner of this Cadence can link it: run `cadence link` there and send me the line it prints.",
    )


def linked(name: str) -> Reply:
    """A new identity was linked."""
    return Reply(f"Linked: you are {name} here now. Send me a voice note or a message to start an agent.")


def bad_code() -> Reply:
    """A linking code that nobody gave out, or that has run out."""
    return Reply("That code is not good, or no longer. Ask for a new one with cadence link.")


def welcome() -> Reply:
    """A known person asks what this is."""
    return Reply(
        f"Tell me what to do, in a voice note or in writing. {_EXAMPLE}",
        detail="You can also say: status · pause agent one · resume agent one · stop agent one · tell agent one to …",
    )


def progress(agent: Agent, steps: tuple[str, ...]) -> Reply:
    """The one message that is edited while an agent works."""
    plan = [f"{'☑' if task.done else '☐'} {task.subject}" for task in agent.tasks]
    text = f"{agent.name} on {repo(agent)}: {_state(agent)}, {agent.progress} percent."
    return Reply(text, detail="\n".join([*plan, *(f"▸ {step}" for step in steps)]) or None, actions=_controls(agent))


def asked(agent: Agent, question: Question) -> Reply:
    """The agent cannot go on without the person."""
    spoken, _, more = question.text.partition("\n")
    options = "\n".join(f"{number}. {option}" for number, option in enumerate(question.options, 1))
    return Reply(
        f"{agent.name} on {repo(agent)} asks: {spoken}",
        detail="\n\n".join(part for part in (more.strip(), options) if part) or None,
        actions=answer_buttons(agent.id, question),
    )


def _state(agent: Agent) -> str:
    if agent.parked is Parking.UNANSWERED:
        return _PHASES[Phase.WAITING_FOR_ANSWER]
    if agent.parked is Parking.BUDGET:
        return "paused, its budget is used up"
    return _PHASES[agent.phase] if agent.status in {Status.PENDING, Status.RUNNING} else str(agent.status)


def _controls(agent: Agent) -> tuple[Action, ...]:
    match agent.status:
        case Status.PENDING:
            return (stop_button(agent.id),)
        case Status.RUNNING:
            return (pause_button(agent.id), stop_button(agent.id))
        case Status.PAUSED:
            return (resume_button(agent.id), stop_button(agent.id))
        case Status.COMPLETED | Status.FAILED | Status.CANCELLED:
            return ()


def _status(agents: tuple[Agent, ...], heard: str | None) -> Reply:
    if not agents:
        return Reply(f"You have no agents yet. {_EXAMPLE}", heard=heard)
    if len(agents) == 1:
        (agent,) = agents
        links = (Link("Pull request", agent.metadata.pr_url),) if agent.metadata.pr_url else ()
        detail = f"{agent.step or ''}{money.cost(agent)}".removeprefix(" · ") or None
        return Reply(_line(agent), heard=heard, detail=detail, links=links, actions=_controls(agent))
    live = sum(agent.live for agent in agents)
    lines = "\n".join(f"{agent.number}. {_line(agent)}" for agent in agents)
    return Reply(f"{live} of your last {len(agents)} agents are at work.", heard=heard, detail=lines)


def _line(agent: Agent) -> str:
    what = agent.task_description if len(agent.task_description) <= 60 else agent.task_description[:57] + "…"  # noqa: PLR2004
    open_pull = ", pull request open" if agent.metadata.pr_url else ""
    return f"{agent.name} on {repo(agent)}, {what}: {_state(agent)}{open_pull}."


def _wish(recorded: WishRecorded) -> str:
    verbs = {Wish.PAUSE: "Pausing", Wish.RESUME: "Resuming", Wish.CANCEL: "Stopping", Wish.PARK: "Parking"}
    if recorded.agents:
        return f"{verbs[recorded.wish]} {_names(recorded.agents)}."
    participle = {Wish.PAUSE: "paused", Wish.RESUME: "resumed", Wish.CANCEL: "stopped", Wish.PARK: "parked"}[
        recorded.wish
    ]
    if not recorded.too_late:
        return f"There is nothing to be {participle} right now."
    agent = recorded.too_late[0]
    return f"{agent.name} cannot be {participle} now: it is {_state(agent)}."


def _what_is_left(left: int | None) -> str:
    if left is None or left > _FEW:
        return "I'll tell you when the pull request is open."
    return f"After that you have {number(left)} more this month." if left else "That was your last one this month."


def _followup(taken: FollowUpTaken) -> str:
    if taken.answered:
        return f"Thanks, {taken.agent.name} goes on with that."
    if taken.agent.status is Status.PENDING and taken.agent.round > 1:
        return f"{taken.agent.name} goes back to work on {repo(taken.agent)} with that."
    if taken.agent.phase is Phase.PUBLISHING:
        return f"{taken.agent.name} is opening its pull request and goes on with that right after."
    if taken.agent.status is Status.PAUSED:
        return f"{taken.agent.name} is paused and will be told as soon as it goes on."
    return f"{taken.agent.name} will be told at its next step."


def _names(agents: tuple[Agent, ...]) -> str:
    return " and ".join(f"{agent.name} on {repo(agent)}" for agent in agents)


def _options(unclear: Unclear) -> str | None:
    return "\n".join(f"• {option}" for option in unclear.options) or None
