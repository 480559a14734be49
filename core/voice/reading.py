"""The form that a language model fills in, and the prompt that asks for it."""

import json
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from core.voice.interpreter import Surroundings
from core.voice.language_model import Prompt

VERSION: Final = "understand_1"
_MOST_AGENTS: Final = 40
_MOST_REPOS: Final = 300


class Reading(BaseModel):
    """What a model read in a command. Every field is there: providers enforce schemas only of such objects."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intent: Literal[
        "create_agent", "check_status", "pause_agent", "resume_agent", "stop_agent", "message_agent", "unknown"
    ]
    repo_said: str | None
    repo: str | None
    agents: list[int] | None
    branch: str | None
    task: str | None
    missing: Literal["nothing", "intent", "repo", "agent", "task"]
    candidates: list[str]
    reading: str
    confidence: float


def prompt_for(transcript: str, surroundings: Surroundings) -> Prompt:
    """The prompt for a command. What the person said is a string in a JSON object: it cannot end it."""
    context = {
        "repos": [repo.full_name for repo in surroundings.repos[:_MOST_REPOS]],
        "default_repo": surroundings.default_repo.full_name if surroundings.default_repo else None,
        "agents": [
            {
                "number": agent.number,
                "name": agent.name,
                "repo": agent.repo_name,
                "task": agent.task_description,
                "status": str(agent.status),
            }
            for agent in sorted(surroundings.agents, key=lambda agent: agent.number)[-_MOST_AGENTS:]
        ],
        "open_question": surroundings.open_question,
        "transcript": transcript,
    }
    return Prompt(VERSION, _system(), json.dumps(context, ensure_ascii=False), _schema())


@cache
def _system() -> str:
    return (resources.files("core.voice") / "prompts" / f"{VERSION}.md").read_text(encoding="utf-8")


@cache
def _schema() -> dict[str, Any]:
    return Reading.model_json_schema()
