"""Understanding by a language model, which fills in a form; who and what its words name is decided here."""

from dataclasses import replace
from typing import Final
from uuid import UUID

import structlog
from pydantic import ValidationError

from core.model.agent import Agent
from core.model.command import (
    Act,
    CheckStatus,
    CreateAgent,
    Doubt,
    Draft,
    Intent,
    MessageAgent,
    ModelUsage,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.model.errors import ProviderError
from core.model.messages import Transcript
from core.model.people import Repo
from core.voice.branches import write_branch
from core.voice.interpreter import Surroundings, Understanding
from core.voice.language_model import LanguageModel
from core.voice.reading import Reading, prompt_for
from core.voice.resolve import MOST_OPTIONS, Close, resolve_repo

_log = structlog.get_logger(__name__)
_NOTHING: Final = Unclear(Doubt.NOT_A_COMMAND)
_ON_AGENTS: Final = {Act.PAUSE: PauseAgent, Act.RESUME: ResumeAgent, Act.STOP: StopAgent, Act.STATUS: CheckStatus}
_MESSAGE: Final = "message_agent"


class NotInTheForm(ProviderError):
    """The model did not fill in the form, asked twice."""


class ModelInterpreter:
    """Asks a language model. What it answers outside of what the person has is a question to them, never a guess."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def interpret(self, transcript: Transcript, surroundings: Surroundings) -> Understanding:
        """As Interpreter. Raises NotInTheForm when the second answer is no better than the first."""
        reading, usage = await self._read(transcript.text, surroundings)
        _log.info(
            "command_read",
            model=usage.model,
            ms=usage.ms,
            input_tokens=usage.input_tokens,
            cached_tokens=usage.cached_tokens,
            output_tokens=usage.output_tokens,
        )
        intent = intent_of(reading, surroundings)
        text = transcript.text if reading.task is None else reading.task
        said = text if isinstance(intent, Unclear) and reading.intent == Act.CREATE else transcript.text
        return Understanding(intent, min(1.0, max(0.0, reading.confidence)), said, usage)

    async def _read(self, text: str, surroundings: Surroundings) -> tuple[Reading, ModelUsage]:
        prompt = prompt_for(text, surroundings)
        first = await self._model.answer(prompt)
        if first.whole:
            try:
                return Reading.model_validate_json(first.text), first.usage
            except ValidationError as error:
                prompt = replace(prompt, complaint=_complaint(error))
        second = await self._model.answer(prompt)
        try:
            return Reading.model_validate_json(second.text), second.usage.plus(first.usage)
        except ValidationError as error:
            raise NotInTheForm(
                f"{second.usage.model} did not fill in the form: {error.error_count()} errors."
            ) from None


def _complaint(error: ValidationError) -> str:
    """What is wrong with an answer, without repeating it."""
    problems = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'answer'}: {each['msg']}" for each in error.errors())
    return f"Your last answer was not the form: {problems[:500]}. Answer again, with the form alone."


def intent_of(reading: Reading, surroundings: Surroundings) -> Intent:
    """What a reading comes to among what the person has."""
    if reading.intent == "unknown":
        return _NOTHING
    if reading.intent == Act.CREATE:
        return _create(reading, surroundings)
    agents = _agents(reading, surroundings)
    act = Act.STATUS if reading.intent == _MESSAGE else Act(reading.intent)
    if isinstance(agents, Unclear):
        return replace(agents, draft=Draft(act)) if reading.intent != _MESSAGE else agents
    if reading.intent == _MESSAGE:
        one = len(agents) == 1 and reading.task
        return MessageAgent(agents[0], reading.task or "") if one else Unclear(Doubt.WHICH_AGENT)
    if not agents and act is not Act.STATUS:
        return Unclear(Doubt.WHICH_AGENT, _offered(reading, surroundings), Draft(act))
    return _ON_AGENTS[act](agents)


def _create(reading: Reading, surroundings: Surroundings) -> CreateAgent | Unclear:
    repo = _repo(reading, surroundings)
    task = reading.task.strip() if reading.task and reading.task.strip() else None
    branch = write_branch(reading.branch) or None if reading.branch else None
    draft = Draft(Act.CREATE, repo if isinstance(repo, Repo) else None, task, branch)
    if isinstance(repo, Unclear):
        return replace(repo, draft=draft)
    return Unclear(Doubt.WHAT_TASK, draft=draft) if task is None else CreateAgent(repo, task, branch)


def _repo(reading: Reading, surroundings: Surroundings) -> Repo | Unclear:
    """The repository, if the model's choice stands: what was said must not clearly mean another one."""
    if not surroundings.repos:
        return Unclear(Doubt.NO_REPOS)
    known = {repo.full_name: repo for repo in surroundings.repos}
    chosen = known.get(reading.repo or "")
    heard = resolve_repo(reading.repo_said, surroundings) if reading.repo_said else None
    if chosen is None or reading.missing == "repo":
        options = tuple(name for name in reading.candidates if name in known)[:MOST_OPTIONS]
        return Unclear(Doubt.UNKNOWN_REPO if reading.repo_said and not options else Doubt.WHICH_REPO, options)
    if isinstance(heard, Repo) and heard != chosen:
        return Unclear(Doubt.WHICH_REPO, (chosen.full_name, heard.full_name))
    if isinstance(heard, Close) and chosen not in heard.options:
        return Unclear(Doubt.WHICH_REPO, tuple(repo.full_name for repo in heard.options))
    if reading.repo_said and heard is None and chosen == surroundings.default_repo:
        return Unclear(Doubt.UNKNOWN_REPO, (chosen.full_name,))
    return chosen


def _agents(reading: Reading, surroundings: Surroundings) -> tuple[UUID, ...] | Unclear:
    by_number: dict[int, Agent] = {agent.number: agent for agent in reversed(surroundings.agents)}
    if reading.missing in {"agent", "intent"}:
        return Unclear(Doubt.WHICH_AGENT, _offered(reading, surroundings))
    wanted = reading.agents or []
    if any(number not in by_number for number in wanted):
        return Unclear(Doubt.NO_SUCH_AGENT, _offered(reading, surroundings))
    return tuple(by_number[number].id for number in dict.fromkeys(wanted))


def _offered(reading: Reading, surroundings: Surroundings) -> tuple[str, ...]:
    names = {str(agent.number): agent.name for agent in surroundings.agents}
    return tuple(names[number] for number in reading.candidates if number in names)[:MOST_OPTIONS]
