"""Sentences about pull requests that are looked after."""

from core.model.agent import Agent
from core.model.messages import Link, Reply
from core.replies.spoken import number, repo


def mending(agent: Agent) -> Reply:
    """Checks failed, and the agent sees to it."""
    return Reply(
        f"The checks of {agent.name}'s pull request on {repo(agent)} failed. It goes back to work on that.",
        links=_pull(agent),
    )


def still_failing(agent: Agent, rounds: int) -> Reply:
    """Checks fail again and again, and a person has to look."""
    tries = "one try" if rounds == 1 else f"{number(rounds)} tries"
    return Reply(
        f"The checks of {agent.name}'s pull request on {repo(agent)} still fail after {tries}. Have a look, or tell it"
        " what to do.",
        links=_pull(agent),
    )


def reviewed(agent: Agent, author: str) -> Reply:
    """Somebody has said something about the work, and the agent has been told."""
    return Reply(
        f"{agent.name}'s pull request on {repo(agent)} has a comment, and {agent.name} sees to it.",
        detail=f"From {author}.",
        links=_pull(agent),
    )


def pull_ended(agent: Agent, *, merged: bool) -> Reply:
    """The pull request is over."""
    what = "was merged" if merged else "was closed without being merged"
    return Reply(f"{agent.name}'s pull request on {repo(agent)} {what}.", links=_pull(agent))


def _pull(agent: Agent) -> tuple[Link, ...]:
    return (Link("Pull request", agent.metadata.pr_url),) if agent.metadata.pr_url else ()
