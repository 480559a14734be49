"""Sentences about what agents cost."""

from typing import Final

from core.model.agent import Agent
from core.model.command import BudgetRaised, Cap, Purse
from core.model.messages import Action, Reply
from core.replies.buttons import raise_button, resume_button, stop_button
from core.replies.spoken import repo

_A_CENT: Final = 0.01
_WHOSE: Final = {
    Purse.RUN: "its budget",
    Purse.DAY: "what your agents may spend today",
    Purse.MONTH: "what your agents may spend this month",
}


def cost(agent: Agent) -> str:
    """What the work has cost so far, as the end of a line of figures; nothing while that is less than a cent."""
    dollars = agent.metadata.estimated_cost or 0.0
    return f" · ${dollars:.2f}" if dollars >= _A_CENT else ""


def warned(agent: Agent, cap: Cap) -> Reply:
    """Four fifths are used."""
    text = f"{agent.name} on {repo(agent)} has used four fifths of {_WHOSE[cap.purse]}."
    return Reply(text, detail=_figures(cap), actions=(_more(agent, cap), stop_button(agent.id)))


def parked(agent: Agent, cap: Cap | None, *, saved: bool) -> Reply:
    """The money is used up, and the agent waits; without a cap of ours it is the provider that wants more."""
    kept = "Its work and its memory are saved." if saved else "What it had not pushed could not be saved."
    if cap is None:
        text = f"{agent.name} on {repo(agent)} is paused: the model's provider says that there is no money left."
        detail = f"Top the provider's account up, then let it go on. {kept}"
        return Reply(text, detail=detail, actions=(resume_button(agent.id), stop_button(agent.id)))
    text = f"{agent.name} on {repo(agent)} is paused: it has used up {_WHOSE[cap.purse]}. Raise it, and it goes on."
    return Reply(text, detail=f"{_figures(cap)}\n{kept}", actions=(_more(agent, cap), stop_button(agent.id)))


def still_reached(agent: Agent, cap: Cap) -> str:
    """Why an agent that is parked for money does not go on."""
    return f"{agent.name} has used up {_WHOSE[cap.purse]}. Raise it with the button above, and it goes on."


def spent_up(cap: Cap) -> str:
    """Why no new agent is started."""
    over = "today" if cap.purse is Purse.DAY else "this month"
    return (
        f"Your agents have spent what they may spend {over}. Raise it at one that is paused, or wait until it is over."
    )


def raised(outcome: BudgetRaised) -> str:
    """More may be spent."""
    whose = {Purse.RUN: outcome.agent.name, Purse.DAY: "a day", Purse.MONTH: "a month"}[outcome.purse]
    goes_on = f", and {outcome.agent.name} goes on" if outcome.goes_on else ""
    return f"The budget for {whose} is {outcome.dollars:g} dollars now{goes_on}."


def _figures(cap: Cap) -> str:
    return f"${cap.spent:.2f} of ${cap.dollars:.2f}"


def _more(agent: Agent, cap: Cap) -> Action:
    return raise_button(agent.id, cap.purse, 2 * cap.dollars)
