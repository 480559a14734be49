"""Requests for new work: is this one, on which repository and branch, and what is left as the task."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from core.model.command import Act, CreateAgent, Doubt, Draft, Unclear
from core.voice.branches import BranchMention, find_branch
from core.voice.clauses import correction, strip_courtesies
from core.voice.consequences import begins_with_harm
from core.voice.interpreter import Surroundings
from core.voice.languages.language import Language, Phrases, either, holds, starts
from core.voice.names import read_words
from core.voice.plan_first import take_plan_first
from core.voice.repo_choice import Choice, ask_for_one, choose_repo, mentions_repo, names_first, names_place
from core.voice.spoken_numbers import numbered
from core.voice.trade import speaks_of_code

_PERHAPS_FOR_SOMEBODY_ELSE: Final = 0.4
_REPORT_WORDS: Final = 4
_LEAD_WORDS: Final = 5
_SEVERAL_AGENTS: Final = re.compile(
    r"\b(?:two|three|four|five|several|a few|multiple|[2-9]|dos|tres|zwei|drei|deux|trois|dois|três) (?:new )?agent\w+",
    re.IGNORECASE,
)
_ABOUT_AGENT: Final = re.compile(
    r"\b(?:the|my|that|this|el|al|del|mi|den|der|dem|meinen?|l'|mon|o|do|ao|meu)\s*(?:[\w-]+[\s-]+){0,4}?agent(?:e|en|es|s)?\b"
    r"|\bagents? \d",
    re.IGNORECASE,
)
_OPENING: Final = re.compile(
    r"^(?:[\s,.:;!?…–—-]|"
    r"(?:to|and|then|that|which|who|will|should|it should|so|please|repo|repository|project|task|is|para(?: que)?|que|"
    r"y|um|und|der|die|das|damit|pour|qui|et|afin de|e|bitte|por favor|s'il te pla[iî]t)\b)+",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"[\s,.]*(?:\b(?:please|thanks|thank you(?: so much)?|cheers|can you|could you|por favor|gracias|bitte|danke|"
    r"s'il te pla[iî]t|merci|obrigad[oa])[\s.,!?]*)*$",
    re.IGNORECASE,
)
_JOINTS: Final = re.compile(
    r"\b(?:on|in|for|at|to|of|the|my|our|an?|repo|repository|project|so|like|please|is|called|en|el|la|los|del?|al|"
    r"repositorio|auf|im|für|den|das|dem|sur|dans|le|les|du|no|na|em|o|do|da|para|pour)\b|[\s,.:;?!…–—-]",
    re.IGNORECASE,
)
_EMPTY: Final = re.compile(
    r"^(?:(?:fix|do|handle|change|make|update|try|get|start|begin|work)?\s*"
    r"(?:it|this|that|something|stuff|(?:the |some |a few )?things?|some work|work|one)?"
    r"|same as (?:last time|before)|the same(?: thing)?|again|please|for me|thanks?|thank you|on it|now|up|going)"
    r"[\s.,!?]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for work, or the doubt that stands in its way."""

    intent: CreateAgent | Unclear
    confidence: float


def asks_outright(text: str, language: Language) -> bool:
    """True for "start an agent …" and for orders about code, which questions and reports are not."""
    said = strip_courtesies(text, language)
    launches = holds(language.launches)
    asks = starts(language.questions).match(said) is not None
    return (
        starts(language.work).match(said) is not None
        or _placed_work(language.places, (*language.work, *language.other_work)).match(said) is not None
        or _polite_work(language.asking, language.work).search(text) is not None
        or (launches.search(text) is not None and not asks)
        or launches.match(said) is not None
        or begins_with_harm(said)
    )


def reports_with_a_condition(text: str, surroundings: Surroundings, language: Language) -> bool:
    """True for "when you rotate the phone the mobile app crashes": it begins like a plan, and is about code."""
    said = strip_courtesies(text, language)
    return (
        starts(language.conditions).match(said) is not None
        and holds((*language.launches, *language.agents)).search(said) is None
        and mentions_repo(said, surroundings)
    )


def read_request(text: str, surroundings: Surroundings, language: Language) -> Request | None:
    """A request for new work; ``None`` when nothing was asked for."""
    said = strip_courtesies(text, language)
    outright = asks_outright(text, language)
    wished = holds(language.wishes).search(text) is not None and not _is_about_agent(said, language)
    if not (outright or wished or _implies_work(said, surroundings, language)):
        return None
    said, plan_first = take_plan_first(said)
    branch = find_branch(said, language)
    rest = said if branch is None else _without(said, branch)
    launch = holds(language.launches).search(rest)
    several = _SEVERAL_AGENTS.search(rest)
    launched = _slot_start(rest, launch)
    choice = ask_for_one(rest, surroundings) if several else choose_repo(rest, launched, surroundings, language)
    task = find_task(rest, launch, choice, language)
    if task is not None and _is_for_later(task, rest, launch, language):
        return None
    draft = Draft(Act.CREATE, None, task, None if branch is None else branch.name, plan_first)
    if isinstance(choice, Unclear):
        return Request(replace(choice, draft=draft), 0.6)
    if task is None:
        return Request(Unclear(Doubt.WHAT_TASK, draft=replace(draft, repo=choice.repo)), 0.8)
    confidence = choice.confidence if outright else choice.confidence - 0.15
    if choice.start is None and launch is None and not speaks_of_code(task, surroundings):
        confidence = _PERHAPS_FOR_SOMEBODY_ELSE
    return Request(CreateAgent(choice.repo, task, draft.branch, plan_first), round(confidence, 2))


def _is_for_later(task: str, rest: str, launch: re.Match[str] | None, language: Language) -> bool:
    """True for "start one tomorrow at eight" and "start an agent on docs if it rains": that is no order for now."""
    if launch is None:
        return False
    behind = rest[launch.end() :].strip()
    if starts(language.times).match(behind) or starts(language.times).match(task):
        return True
    return starts(language.conditions).match(task) is not None and re.search(rf"\w {re.escape(task)}", rest) is not None


def find_task(text: str, launch: re.Match[str] | None, choice: Choice | Unclear, language: Language) -> str | None:
    """The words about the work, without those about agent and repository around them. None when nothing is left."""
    named = choice if isinstance(choice, Choice) else None
    if launch is not None and len(read_words(text[: launch.start()])) >= _LEAD_WORDS:
        after = _trim(_after_repo(text, launch.end(), named, language))
        lead = _trim(_after_repo(text[: launch.start()], 0, named, language))
        whole = _trim(_after_repo(text, 0, named, language))
        about_repo = (
            named is not None
            and named.start is not None
            and named.start >= launch.end()
            and after != _trim(text[launch.end() :])
        )
        return _filled(after if about_repo or _stands_alone(after, lead, language) else whole)
    return _filled(_trim(_after_repo(text, launch.end() if launch else 0, named, language)))


def _stands_alone(after: str, lead: str, language: Language) -> bool:
    says_enough = starts(language.work).match(after) is not None and len(read_words(after)) > _REPORT_WORDS
    return not _EMPTY.match(after) and (says_enough or not lead)


def _after_repo(text: str, start: int, choice: Choice | None, language: Language) -> str:
    """What follows the repository's name where only joints stand before it; else everything from ``start``."""
    if choice is None or choice.start is None or choice.end is None or choice.start < start:
        return text[start:]
    corrections = correction(language)
    before = corrections.sub(" ", text[start : choice.start])
    left = len(read_words(_JOINTS.sub(" ", before)))
    corrected = corrections.search(text[start : choice.start]) is not None
    return text[choice.end :] if left == 0 or (corrected and left <= _LEAD_WORDS) else text[start:]


def _trim(task: str) -> str:
    return _CLOSING.sub("", _OPENING.sub("", task)).strip()


def _filled(task: str) -> str | None:
    return None if not task or _EMPTY.match(task) else task


def _implies_work(said: str, surroundings: Surroundings, language: Language) -> bool:
    """True for a bug report that names a repository, and for other sentences that only work can answer."""
    if starts(language.diagnosis).match(said) or _is_order_on_phrase(said, language):
        return True
    if (
        len(read_words(said)) < _REPORT_WORDS
        or _is_about_agent(said, language)
        or not mentions_repo(said, surroundings)
    ):
        return False
    if names_first(said, surroundings, language) or holds(language.defects).search(said):
        return True
    return names_place(said, surroundings, language) and not starts(language.subjects).match(said)


def _is_about_agent(said: str, language: Language) -> bool:
    return _ABOUT_AGENT.search(numbered(said, language)) is not None


def _is_order_on_phrase(said: str, language: Language) -> bool:
    """True for an order behind a comma: "Recipe thing, add metric units", "the title is wrong, fix that"."""
    return any(
        starts(language.work).match(strip_courtesies(clause, language)) is not None
        for clause in re.split(r"[,:;.]\s", said)[1:]
    )


def _without(text: str, branch: BranchMention) -> str:
    return f"{text[: branch.start]} {text[branch.end :]}".strip(" ,.")


def _slot_start(text: str, launch: re.Match[str] | None) -> int | None:
    if launch is None:
        return None
    return launch.end() + len(text[launch.end() :]) - len(text[launch.end() :].lstrip(" ,"))


@cache
def _placed_work(places: Phrases, work: Phrases) -> re.Pattern[str]:
    return re.compile(rf"{either(places)}\s+(?:[\w'-]+\s+){{1,6}}?{either(work)}\s", re.IGNORECASE)


@cache
def _polite_work(asking: Phrases, work: Phrases) -> re.Pattern[str]:
    return re.compile(rf"{either(asking)}\s+{either(work)}", re.IGNORECASE)
