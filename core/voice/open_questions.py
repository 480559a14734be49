"""What is asked back when a command is not complete: what it lacks, and what there is to choose from."""

from dataclasses import replace
from typing import Final

from core.model.agent import Agent
from core.model.command import (
    Act,
    AnswerQuestion,
    CheckStatus,
    CreateAgent,
    Doubt,
    Draft,
    Intent,
    MessageAgent,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.model.dialogue import Asking, Confirming
from core.model.people import Repo
from core.voice.answers import content_words, says_only
from core.voice.assent import read_assent, words_left
from core.voice.interpreter import Understanding
from core.voice.languages.known import language_of
from core.voice.references import Heard, agents_of
from core.voice.requests import asks_outright
from core.voice.resolve import MOST_OPTIONS, resolve_repo

# What the interpreter knows to be talk, and not only cannot make sense of.
_CERTAINLY: Final = 0.8
_FEWEST_WORDS: Final = 2


def open_question(unclear: Unclear, heard: Heard) -> Asking | None:
    """The question to an unclear command, or None for what was no command at all."""
    if unclear.doubt in {Doubt.NOT_A_COMMAND, Doubt.WHAT_RHYTHM} or unclear.draft is None:
        return None
    repos = tuple(
        repo.full_name for repo in heard.surroundings.repos if {repo.name, repo.full_name} & set(unclear.options)
    )
    agents = tuple(agent.id for agent in _in_order(heard.surroundings.agents) if agent.name in unclear.options)
    alike = _alike(heard) if unclear.doubt is Doubt.WHICH_REPO else ()
    draft = unclear.draft
    if draft.task is not None and says_only(draft.task, alike or repos):
        draft = replace(draft, task=None)
    return Asking(unclear.doubt, draft, alike or repos, agents)


def _alike(heard: Heard) -> tuple[str, ...]:
    """The repositories that share a word that was said, where there are few of them: "booking needs a dark mode"."""
    said = content_words(heard.text)
    shared = tuple(
        repo.full_name for repo in heard.surroundings.repos if said & content_words(repo.name.replace("_", "-"))
    )
    return shared if 1 < len(shared) <= MOST_OPTIONS else ()


def _in_order(agents: tuple[Agent, ...]) -> list[Agent]:
    return sorted(agents, key=lambda agent: agent.number)


def in_words(heard: Heard) -> str | None:
    """The open question, for an interpreter that reads it."""
    if heard.pending is None:
        return None
    match heard.pending.question:
        case Confirming(acts):
            numbers = [agent.number for agent in heard.surroundings.agents if agent.id in agents_of(acts)]
            return f"whether to do this: {', '.join(act.kind for act in acts)}, agents {numbers}"
        case Asking(doubt, draft):
            return f"{doubt} for {draft.act}: {draft.task or 'no task yet'}"


def says_nothing_new(intent: Intent, said: str) -> bool:
    """Whether it is no command of its own. It could be an agent's answer, but we have asked last."""
    unclear = isinstance(intent, Unclear) and (intent.draft is None or read_assent(said).yes)
    return unclear or isinstance(intent, AnswerQuestion)


def stands_alone(understood: Understanding, heard: Heard, asked: Asking) -> bool:
    """Whether what was said is a whole command, and not a part of the one that we are asking about."""
    match understood.intent:
        case PauseAgent() | ResumeAgent() | StopAgent() | MessageAgent() | CheckStatus():
            return True
        case CreateAgent(repo):
            return asked.draft.act is not Act.CREATE or _is_about_another(repo, heard, asked)
        case Unclear(draft=Draft(act)):
            return act is not asked.draft.act and act is not Act.CREATE
        case _:
            return False


def _is_about_another(repo: Repo, heard: Heard, asked: Asking) -> bool:
    """Whether a request for work is a new one: it names its repository, and ours had another or still has none."""
    if resolve_repo(heard.text, heard.surroundings) != repo:
        return False
    if asked.draft.repo is not None:
        return repo != asked.draft.repo
    return asks_outright(heard.text, language_of(heard.text))


def is_no_task(understood: Understanding) -> bool:
    """Whether an answer to "what should it do?" is thanks, noise or small talk, which no agent should set out on."""
    talk = understood.intent == Unclear(Doubt.NOT_A_COMMAND) and understood.confidence >= _CERTAINLY
    return talk or words_left(understood.text) < _FEWEST_WORDS
