"""Sentences about how an agent's work has ended."""

from typing import Final

from core.model.agent import Agent, WorkReport
from core.model.messages import Link, Reply
from core.replies import money
from core.replies.spoken import number, repo, sentences

_FILES_SHOWN: Final = 3


def finished(agent: Agent, summary: str) -> Reply:
    """The work is done and the pull request is open."""
    data = agent.metadata
    outcome = "the pull request is open" if agent.round == 1 else "the pull request is up to date"
    files = "1 file" if data.files_changed == 1 else f"{data.files_changed} files"
    figures = f"{files} changed, +{data.lines_added} −{data.lines_removed}{money.cost(agent)}"
    links = (Link("Pull request", data.pr_url),) if data.pr_url else ()
    return Reply(
        f"{agent.name} is done on {repo(agent)}: {outcome}.{_first_sentence(agent.report)}",
        detail="\n\n".join(
            part for part in (figures, agent.report.what if agent.report else summary, base_moved(agent)) if part
        ),
        links=links,
    )


def _first_sentence(report: WorkReport | None) -> str:
    return f" {sentences(report.spoken, 1)}" if report else ""


def nothing_changed(agent: Agent, summary: str) -> Reply:
    """The work is done and there was nothing to change."""
    text = f"{agent.name} finished on {repo(agent)} without changing anything."
    return Reply(text, detail=f"{summary}{money.cost(agent)}")


def failed(agent: Agent, reason: str, *, kept: bool) -> Reply:
    """The work could not be done. What is ``kept`` of it can be gone on with."""
    going_on = f"What it had done is kept: say “tell {agent.name} to go on”, and it does." if kept else None
    return Reply(f"{agent.name} on {repo(agent)} failed. {reason}", detail=going_on)


def stopped(agent: Agent, steps: tuple[str, ...]) -> Reply:
    """The person's stop has come true."""
    kept = "What it had pushed is kept." if agent.metadata.files_changed else "It had pushed nothing."
    done = "\n".join(("Its last steps:", *(f"▸ {step}" for step in steps))) if steps else None
    links = (Link("Pull request", agent.metadata.pr_url),) if agent.metadata.pr_url else ()
    return Reply(f"{agent.name} on {repo(agent)} is stopped. {kept}", detail=done, links=links)


def base_moved(agent: Agent) -> str | None:
    """What has become of the branch that the agent started from, if it has moved on."""
    if not agent.behind:
        return None
    moved = f"{agent.branch} has moved on by {number(agent.behind)} commit{'' if agent.behind == 1 else 's'} meanwhile"
    if not agent.conflicts:
        return f"{moved}, and the work still merges."
    shown = ", ".join(agent.conflicts[:_FILES_SHOWN]) + (", …" if len(agent.conflicts) > _FILES_SHOWN else "")
    return f"{moved}, and the work conflicts with it in {shown}."
