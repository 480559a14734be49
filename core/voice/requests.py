"""Requests for new work: is this one, on which repository and branch, and what is left as the task."""

import re
from dataclasses import dataclass
from typing import Final

from core.model.command import CreateAgent, Doubt, Unclear
from core.voice.branches import BranchMention, find_branch
from core.voice.interpreter import Surroundings
from core.voice.names import read_words
from core.voice.phrases import (
    CORRECTION,
    DIAGNOSIS,
    EMPTY_TASK,
    LAUNCH,
    PLAIN_WORK,
    POLITE_WORK,
    PREFIX,
    QUESTION,
    SEVERAL_AGENTS,
    WISH,
    WORK,
)
from core.voice.plan_first import take_plan_first
from core.voice.repo_choice import Choice, ask_for_one, choose_repo, mentions_repo

_REPORT_WORDS: Final = 4
_LEAD_WORDS: Final = 5
_ABOUT_AGENT: Final = re.compile(r"\b(?:the|my|that|this)\s+(?:[\w-]+\s+){0,4}?agents?\b|\bagents? \d", re.IGNORECASE)
_OPENING: Final = re.compile(
    r"^(?:[\s,.:;!?…-]|"
    r"(?:to|and|then|that|which|who|will|should|it should|so|please|repo|repository|project|task|is)\b)+",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"[\s,.]*(?:\b(?:please|thanks|thank you(?: so much)?|cheers|can you|could you)[\s.,!?]*)*$", re.IGNORECASE
)
_JOINTS: Final = re.compile(
    r"\b(?:on|in|for|at|to|of|the|my|our|an?|repo|repository|project|so|like|please|is|called)\b|[\s,.:;?!…-]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for work, or the doubt that stands in its way."""

    intent: CreateAgent | Unclear
    confidence: float


def asks_outright(text: str) -> bool:
    """True for "start an agent …" and for orders about code, which questions and reports are not."""
    said = PREFIX.sub("", text)
    launch = LAUNCH.search(text)
    return bool(
        PLAIN_WORK.match(said)
        or POLITE_WORK.search(text)
        or (launch and not QUESTION.match(said))
        or LAUNCH.match(said)
    )


def read_request(text: str, surroundings: Surroundings) -> Request | None:
    """A request for new work; ``None`` when nothing was asked for."""
    said = PREFIX.sub("", text.strip()) or text.strip()
    if not (asks_outright(text) or WISH.search(text) or _implies_work(said, surroundings)):
        return None
    said, plan_first = take_plan_first(said)
    branch = find_branch(said)
    rest = said if branch is None else _without(said, branch)
    launch = LAUNCH.search(rest)
    several = SEVERAL_AGENTS.search(rest)
    choice = ask_for_one(rest, surroundings) if several else choose_repo(rest, _slot_start(rest, launch), surroundings)
    if isinstance(choice, Unclear):
        return Request(choice, 0.6)
    task = find_task(rest, launch, choice)
    if task is None:
        return Request(Unclear(Doubt.WHAT_TASK), 0.8)
    confidence = choice.confidence if asks_outright(text) else choice.confidence - 0.15
    return Request(
        CreateAgent(choice.repo, task, None if branch is None else branch.name, plan_first), round(confidence, 2)
    )


def find_task(text: str, launch: re.Match[str] | None, choice: Choice) -> str | None:
    """The words about the work, without those about agent and repository around them. None when nothing is left."""
    if launch is not None and len(read_words(text[: launch.start()])) >= _LEAD_WORDS:
        after = _trim(_after_repo(text, launch.end(), choice))
        lead = _trim(_after_repo(text[: launch.start()], 0, choice))
        whole = _trim(_after_repo(text, 0, choice))
        about_repo = choice.start is not None and choice.start >= launch.end() and after != _trim(text[launch.end() :])
        return _filled(after if about_repo or _stands_alone(after, lead) else whole)
    return _filled(_trim(_after_repo(text, launch.end() if launch else 0, choice)))


def _stands_alone(after: str, lead: str) -> bool:
    says_enough = bool(WORK.match(after)) and len(read_words(after)) > _REPORT_WORDS
    return not EMPTY_TASK.match(after) and (says_enough or not lead)


def _after_repo(text: str, start: int, choice: Choice) -> str:
    """What follows the repository's name where only joints stand before it; else everything from ``start``."""
    if choice.start is None or choice.end is None or choice.start < start:
        return text[start:]
    before = CORRECTION.sub(" ", text[start : choice.start])
    left = len(read_words(_JOINTS.sub(" ", before)))
    corrected = CORRECTION.search(text[start : choice.start]) is not None
    return text[choice.end :] if left == 0 or (corrected and left <= _LEAD_WORDS) else text[start:]


def _trim(task: str) -> str:
    return _CLOSING.sub("", _OPENING.sub("", task)).strip()


def _filled(task: str) -> str | None:
    return None if not task or EMPTY_TASK.match(task) else task


def _implies_work(said: str, surroundings: Surroundings) -> bool:
    """True for a bug report that names a repository, and for other sentences that only work can answer."""
    if DIAGNOSIS.match(said) or _is_order_on_phrase(said):
        return True
    return (
        len(read_words(said)) >= _REPORT_WORDS and not _ABOUT_AGENT.search(said) and mentions_repo(said, surroundings)
    )


def _is_order_on_phrase(said: str) -> bool:
    """True for an order behind a comma: "Recipe thing, add metric units"."""
    head, comma, tail = said.partition(",")
    return bool(comma) and len(read_words(head)) < _REPORT_WORDS and PLAIN_WORK.match(tail.strip()) is not None


def _without(text: str, branch: BranchMention) -> str:
    return f"{text[: branch.start]} {text[branch.end :]}".strip(" ,.")


def _slot_start(text: str, launch: re.Match[str] | None) -> int | None:
    if launch is None:
        return None
    return launch.end() + len(text[launch.end() :]) - len(text[launch.end() :].lstrip(" ,"))
