"""What an agent's commits and its pull request say. All of it was dictated, or written by an agent: text, no more."""

import re
from typing import Final

from core.model.agent import Agent
from core.replies.results import base_moved

_TITLE_LENGTH: Final = 72
_BODY_LENGTH: Final = 60_000  # GitHub takes 65,536 characters.
_JOINER: Final = "\N{ZERO WIDTH JOINER}"
# "@somebody" would call people, "#12" and "owner/repo#12" would link other work, or close it.
_CALLS: Final = re.compile(r"(?<![\w`])([@#])(?=\w)|(?<=\w)(#)(?=\d)")
_COMMENT: Final = re.compile(r"<!--|-->")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def title(agent: Agent) -> str:
    """The work as the title of a commit or a pull request: one line, 72 characters at most."""
    line = " ".join(_harmless(agent.report.title if agent.report else agent.task_description).split())
    line = line[:1].upper() + line[1:]
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1].rstrip() + "…"


def commit_message(agent: Agent) -> str:
    """What the work is committed under."""
    return f"{title(agent)}\n\nWritten by agent {agent.name} of Cadence."


def pull_request_body(agent: Agent, summary: str, public_url: str | None) -> str:
    """What reviewers read first; ``public_url`` is where people see this Cadence."""
    report = agent.report
    parts = (
        [f"## What\n\n{report.what}", f"## Why\n\n{report.why}", f"## How it was tested\n\n{report.tested}"]
        if report
        else [summary]
    )
    moved = base_moved(agent)
    if moved:
        parts.append(f"> {moved}")
    told = _harmless("\n\n".join(parts))[:_BODY_LENGTH]
    return f"{told}\n\n---\n{_origin(agent, public_url)}\n<!-- cadence-agent:{agent.id} -->\n"


def _origin(agent: Agent, public_url: str | None) -> str:
    task = _harmless(" ".join(agent.task_description.split()))
    name = f"[{agent.name}]({public_url}/#agent-{agent.number})" if public_url else agent.name
    cost = agent.metadata.estimated_cost
    spent = "" if cost is None else f", for ${cost:.2f} of model calls"
    return f"Asked for over {agent.source}: “{task}”\nWritten by agent {name} of Cadence with {agent.model}{spent}."


def _harmless(text: str) -> str:
    """The text as people read it, in which GitHub finds nobody to call, nothing to link and nothing to hide."""
    return _CALLS.sub(lambda found: f"{found[0]}{_JOINER}", _COMMENT.sub("", _CONTROL.sub(" ", text)))
