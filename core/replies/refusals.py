"""Sentences that say why something is not done, and what helps."""

from core.model.agent import Agent
from core.model.people import Access, Repo
from core.replies.spoken import number


def month_used_up(agents: int) -> str:
    """Why there is no agent more this month."""
    return f"You have had your {number(agents)} agents for this month. More come with the new month, or with pro."


def too_many_at_once(agents: int) -> str:
    """Why there is no agent more right now."""
    return f"You have {number(agents)} agents at work, and that is as many as there can be. Stop one, or wait for it."


def told_too_late(agent: Agent) -> str:
    """Why an agent could not be told any more."""
    return f"{agent.name} was stopped for good. Start a new agent for what is left to do."


def nothing_asked(agent: Agent) -> str:
    """Why an answer went nowhere."""
    return f"{agent.name} is not waiting for that answer any more."


def no_access(repository: Repo) -> str:
    """Why no agent can be put to work on a repository."""
    if repository.access is Access.ARCHIVED:
        return (
            f"{repository.name} is archived, so nothing can be changed there. Unarchive it first, then tell me again."
        )
    return f"I may only read {repository.name}. Give my token the right to write to it, then tell me again."


def pull_request_is_over() -> str:
    """Why an agent does not go on with what it has finished."""
    return "Its pull request has been merged or closed meanwhile. Start a new agent for what is left to do."


def lost_for_good() -> str:
    """Why an agent failed whose machines kept vanishing."""
    return "Its machine was lost several times, so I have given up. Please start it again."
