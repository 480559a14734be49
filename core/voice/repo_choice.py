"""Which repository a request is about: the one it names, or the one it can only mean."""

import re
from dataclasses import dataclass
from typing import Final

from core.model.command import Doubt, Unclear
from core.model.people import Repo
from core.voice.interpreter import Surroundings
from core.voice.names import EXACT, Mention, closest, find_mentions, resolve
from core.voice.phrases import CORRECTION

_MOST_OPTIONS: Final = 3
_NEGATED: Final = re.compile(r"\bnot (?:the |on |in )*$", re.IGNORECASE)
_PLACED: Final = re.compile(r"\b(?:on|in|inside|for|repo|repository|project)\s+(?:the |my |our )?$", re.IGNORECASE)
_CALLED_REPO: Final = re.compile(
    r"\b(?:(?:on|in|for|to|at|from)\s+)?(?:the|my|our)?\s*\b(?P<name>[\w-]+(?:\s+[\w-]+)?)\s+(?:repo|repository)\b",
    re.IGNORECASE,
)
_SLOT: Final = re.compile(
    r"\b(?:on|in|for)\s+(?:the\s+|my\s+|our\s+)?(?P<name>[\w'-]+(?:\s+[\w'-]+){0,3}?)(?=\s+(?:to|and|that|which)\b|\s*[,.:;!?]|\s*$)",
    re.IGNORECASE,
)
_HEAD: Final = re.compile(
    r"^(?:the )?(?P<name>[\w'-]+(?:\s+[\w'-]+){0,2}?)(?: thing| project| one)?\s*,", re.IGNORECASE
)
_HANDLE: Final = re.compile(r"[\s,]*agents?\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\b(?:github|git ?hub|get ?hub)\s*(?:\.|dot)\s*com\b", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"^(?:on|in|for|the|my|our|an?|that|this)\s+", re.IGNORECASE)
_OUR_OWN: Final = frozenset(
    {"it", "this", "that", "me", "us", "them", "there", "now", "the", "my", "our", "a", "which", "what"}
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A repository, how sure we are of it (0–1), and where it was named, if it was."""

    repo: Repo
    confidence: float
    start: int | None = None
    end: int | None = None


def choose_repo(text: str, launched: int | None, surroundings: Surroundings) -> Choice | Unclear:
    """Find the repository; ``launched`` is where "start an agent" ends, so that "on X" behind it must be a repo."""
    if not surroundings.repos:
        return Unclear(Doubt.NO_REPOS)
    names = {repo.full_name: repo for repo in surroundings.repos}
    mentions = _standing(text, find_mentions(text, tuple(names)))
    if mentions:
        return _settle_on(mentions, text, names)
    return _by_phrase(text, launched, names) or _unnamed(surroundings)


def mentions_repo(text: str, surroundings: Surroundings) -> bool:
    """True when a repository is named outright, and not as an agent's handle ("the API service agent")."""
    mentions = find_mentions(text, tuple(repo.full_name for repo in surroundings.repos))
    return any(not _HANDLE.match(text, mention.end) for mention in mentions)


def ask_for_one(text: str, surroundings: Surroundings) -> Unclear:
    """The question which of several repositories comes first: one command starts one agent."""
    mentions = find_mentions(text, tuple(repo.full_name for repo in surroundings.repos))
    options = dict.fromkeys(name for mention in mentions for name in mention.names)
    return Unclear(Doubt.WHICH_REPO, tuple(options)[:_MOST_OPTIONS])


def _standing(text: str, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The mentions that are neither taken back ("X, no wait, Y") nor ruled out ("not the X")."""
    kept = tuple(mention for mention in mentions if not _NEGATED.search(text[: mention.start]))
    for position in range(len(kept) - 1, 0, -1):
        between = text[kept[position - 1].end : kept[position].start]
        if CORRECTION.search(between):
            return kept[position:]
    return kept


def _settle_on(mentions: tuple[Mention, ...], text: str, names: dict[str, Repo]) -> Choice | Unclear:
    distinct = {mention.names for mention in mentions}
    if len(distinct) > 1:
        placed = tuple(mention for mention in mentions if _is_placed(mention, text))
        mentions = placed or mentions
    if len({mention.names for mention in mentions}) > 1 or len(mentions[0].names) > 1:
        options = dict.fromkeys(name for mention in mentions for name in mention.names)
        return Unclear(Doubt.WHICH_REPO, tuple(options)[:_MOST_OPTIONS])
    best = mentions[0]
    confidence = 0.95 if best.score >= EXACT else 0.5 + 0.4 * best.score / EXACT
    return Choice(names[best.names[0]], confidence, best.start, best.end)


def _is_placed(mention: Mention, text: str) -> bool:
    return mention.start == 0 or bool(_PLACED.search(text[: mention.start]))


def _by_phrase(text: str, launched: int | None, names: dict[str, Repo]) -> Choice | Unclear | None:
    """The repository that "the gateway" or "the API repo" stands for."""
    if _ADDRESS.search(text):
        return Unclear(Doubt.UNKNOWN_REPO, closest(text, tuple(names)))
    for found in (*_CALLED_REPO.finditer(text), *_SLOT.finditer(text), *_HEAD.finditer(text)):
        phrase = _bare(found["name"])
        if not phrase:
            continue
        must_be_repo = found.re is _CALLED_REPO or found.start() == launched
        chosen = _resolved(phrase, found, names, sure=must_be_repo)
        if chosen is not None:
            return chosen
    return None


def _bare(phrase: str) -> str:
    while _ARTICLE.match(phrase):
        phrase = _ARTICLE.sub("", phrase)
    return "" if phrase.lower() in _OUR_OWN else phrase


def _resolved(phrase: str, found: re.Match[str], names: dict[str, Repo], *, sure: bool) -> Choice | Unclear | None:
    match = resolve(phrase, tuple(names))
    if match is None:
        return _unknown(phrase, names) if sure else None
    best, *others = match.names
    if others:
        return Unclear(Doubt.WHICH_REPO, match.names[:_MOST_OPTIONS])
    return Choice(names[best], 0.75, found.start("name"), found.end())


def _unknown(phrase: str, names: dict[str, Repo]) -> Unclear:
    """A last word that fits is worth offering and no more: "second lib" need not be ``my-lib``."""
    half = resolve(phrase.rsplit(maxsplit=1)[-1], tuple(names))
    likely = half.names if half is not None else closest(phrase, tuple(names))
    return Unclear(Doubt.UNKNOWN_REPO, likely[:_MOST_OPTIONS])


def _unnamed(surroundings: Surroundings) -> Choice | Unclear:
    if surroundings.default_repo is not None:
        return Choice(surroundings.default_repo, 0.85)
    if len(surroundings.repos) == 1:
        return Choice(surroundings.repos[0], 0.9)
    return Unclear(Doubt.WHICH_REPO, tuple(repo.full_name for repo in surroundings.repos[:_MOST_OPTIONS]))
