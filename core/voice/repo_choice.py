"""Which repository a request is about: the one it names, or the one it can only mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache
from itertools import pairwise
from typing import Final

from core.model.command import Doubt, Unclear
from core.model.people import Repo
from core.voice.clauses import correction
from core.voice.interpreter import Surroundings
from core.voice.languages.language import Language, Phrases, either
from core.voice.names import EXACT, Mention, closest, find_mentions, resolve, spoken

_MOST_OPTIONS: Final = 3
_FEW_WORDS: Final = 3
_NEGATED: Final = re.compile(r"\b(?:not|no|nicht|pas|não) (?:the |on |in |el |la |das |le |o )*$", re.IGNORECASE)
_REPO: Final = (
    r"(?:repo|repository|project|codebase|repositorio|proyecto|projekt|"
    r"d[eé]p[oô]t|projet|reposit[oó]rio|projeto)"
)
# What only software is called: "the loyalty service" names something to work on even where we know nothing like it.
_KIND: Final = (
    rf"(?:{_REPO}|service|app|api|frontend|front end|backend|back end|library|lib|sdk|cli|gateway|client|server|"
    r"package|plugin|website|microservice|module|engine|worker|bot|portal)"
)
_WORD: Final = r"[\w'-]+"
_HANDLE: Final = re.compile(r"[\s,-]*agent(?:e|en|es|s)?\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\b(?:github|git ?hub|get ?hub)\s*(?:\.|dot)\s*com\b", re.IGNORECASE)
# A task has begun in between, so that the second is what the task is about.
_GOES_ON: Final = re.compile(r"\b(?:to|and|that|para|y|um|und|pour|et|e)\b", re.IGNORECASE)
_LOST_FOR_WORDS: Final = re.compile(r"(?:what|thing|you know)", re.IGNORECASE)
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


def choose_repo(text: str, launched: int | None, surroundings: Surroundings, language: Language) -> Choice | Unclear:
    """Find the repository; ``launched`` is where "start an agent" ends, so that "on X" behind it must be a repo."""
    if not surroundings.repos:
        return Unclear(Doubt.NO_REPOS)
    names = {repo.full_name: repo for repo in surroundings.repos}
    mentions = _standing(text, find_mentions(text, tuple(names)), language)
    if mentions:
        return _settle_on(mentions, text, launched, names, language)
    found = _by_phrase(text, launched, names, language) or _unnamed(surroundings)
    if isinstance(found, Unclear) and found.doubt is Doubt.WHICH_REPO:
        return _by_one_word(text, names, language) or found
    return found


def mentions_repo(text: str, surroundings: Surroundings) -> bool:
    """True when a repository is named outright, and not as an agent's handle ("the API service agent")."""
    mentions = find_mentions(text, tuple(repo.full_name for repo in surroundings.repos))
    return any(not _HANDLE.match(text, mention.end) for mention in mentions)


def names_first(text: str, surroundings: Surroundings, language: Language) -> bool:
    """True when a repository, or a verb and one, is what a sentence begins with: "mobile app the back button …"."""
    mentions = find_mentions(text, tuple(repo.full_name for repo in surroundings.repos))
    little = _little((*language.places, *language.articles))
    before = [text[: mention.start].strip(" ,.") for mention in mentions]
    return any(little.fullmatch(said) or len(said.split()) == 1 for said in before)


def names_place(text: str, surroundings: Surroundings, language: Language) -> bool:
    """True when a repository is where something is to be done: "… in the mobile app"."""
    mentions = find_mentions(text, tuple(repo.full_name for repo in surroundings.repos))
    return any(_is_placed(mention, text, language) for mention in mentions)


@cache
def _little(words: Phrases) -> re.Pattern[str]:
    return re.compile(rf"[\s,.]*(?:{either(words)}[\s,.]*)*", re.IGNORECASE)


def ask_for_one(text: str, surroundings: Surroundings) -> Unclear:
    """The question which of several repositories comes first: one command starts one agent."""
    return _which(find_mentions(text, tuple(repo.full_name for repo in surroundings.repos)))


def _standing(text: str, mentions: tuple[Mention, ...], language: Language) -> tuple[Mention, ...]:
    """The mentions that are neither taken back ("X, no wait, Y") nor ruled out ("not the X")."""
    kept = tuple(mention for mention in mentions if not _NEGATED.search(text[: mention.start]))
    for position in range(len(kept) - 1, 0, -1):
        between = text[kept[position - 1].end : kept[position].start]
        if correction(language).search(between):
            return kept[position:]
    return kept


def _settle_on(
    mentions: tuple[Mention, ...], text: str, launched: int | None, names: dict[str, Repo], language: Language
) -> Choice | Unclear:
    placed = [mention for mention in mentions if _is_placed(mention, text, language)]
    rivals = _rivals(placed, text)
    if rivals:
        return _which(rivals)
    for narrowed in (
        placed,
        [mention for mention in mentions if _is_at_launch(mention, text, launched)],
        [mention for mention in mentions if mention.score >= EXACT],
    ):
        if len({mention.names for mention in mentions}) > 1:
            mentions = tuple(mention for mention in mentions if mention in narrowed) or mentions
    mentions = tuple(replace(mention, names=_of_owner(mention.names, text)) for mention in mentions)
    if len({mention.names for mention in mentions}) > 1 or len(mentions[0].names) > 1:
        return _which(mentions)
    best = mentions[0]
    confidence = 0.95 if best.score >= EXACT else 0.5 + 0.4 * best.score / EXACT
    return Choice(names[best.names[0]], confidence, best.start, best.end)


def _rivals(placed: Sequence[Mention], text: str) -> tuple[Mention, ...]:
    """Two places in a row: "on X, no waste on Y" may have been "no wait", and is not for us to guess."""
    for first, second in pairwise(placed):
        between = re.findall(_WORD, text[first.end : second.start])
        if first.names != second.names and len(between) <= _FEW_WORDS and not _GOES_ON.search(" ".join(between)):
            return first, second
    return ()


def _which(mentions: Sequence[Mention]) -> Unclear:
    options = dict.fromkeys(name for mention in mentions for name in mention.names)
    return Unclear(Doubt.WHICH_REPO, tuple(options)[:_MOST_OPTIONS])


def _of_owner(full_names: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Of repositories that are called alike, those of the owner that was named, or not of the one ruled out."""
    said_of = {name: re.search(rf"\b{re.escape(name.split('/')[0])}\b", text, re.IGNORECASE) for name in full_names}
    ruled_out = {name for name, said in said_of.items() if said and _NEGATED.search(text[: said.start()])}
    named = tuple(name for name, said in said_of.items() if said and name not in ruled_out)
    return named or tuple(name for name in full_names if name not in ruled_out) or full_names


def _is_placed(mention: Mention, text: str, language: Language) -> bool:
    before = text[: mention.start]
    return not before.strip(" ,.") or _place_before(language.places, language.articles).search(before) is not None


def _is_at_launch(mention: Mention, text: str, launched: int | None) -> bool:
    return launched is not None and len(text[launched : mention.start].split()) <= _FEW_WORDS


def _by_phrase(text: str, launched: int | None, names: dict[str, Repo], language: Language) -> Choice | Unclear | None:
    """The repository that "the gateway" or "the API repo" stands for."""
    if _ADDRESS.search(text):
        return Unclear(Doubt.UNKNOWN_REPO, closest(text, tuple(names)))
    slots = _slots(language.places, language.articles, language.work)
    for kind, pattern in slots.items():
        for found in pattern.finditer(text):
            phrase = found["name"].lower()
            if phrase in _OUR_OWN or _LOST_FOR_WORDS.match(phrase):
                continue
            behind_launch = launched is not None and found.start() in range(launched - 1, launched + 2)
            must_be_repo = kind is _Slot.CALLED_REPO or behind_launch or _names_software(found, text)
            chosen = _resolved(phrase, found, names, sure=must_be_repo)
            if chosen is not None:
                return chosen
    return None


def _by_one_word(text: str, names: dict[str, Repo], language: Language) -> Choice | None:
    """The one repository with a word in its name that was said as a thing: "…, you know, the gateway"."""
    owners: dict[str, set[str]] = {}
    for full_name in names:
        for part in spoken(full_name).split():
            owners.setdefault(part, set()).add(full_name)
    said = [found for found in _thing(language.articles).finditer(text) if found["name"].lower() in owners]
    meant = set[str]().union(*(owners[found["name"].lower()] for found in said))
    return Choice(names[meant.pop()], 0.6, said[0].start("name"), said[0].end()) if len(meant) == 1 else None


@cache
def _thing(articles: Phrases) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(articles)})\s+(?P<name>{_WORD})(?=\s*[,.:;!?]|\s*$)", re.IGNORECASE)


def _names_software(found: re.Match[str], text: str) -> bool:
    """True for "on the loyalty service" at the beginning of a request."""
    return (
        not text[: found.start()].strip(" ,.") and re.search(rf"\b{_KIND}$", found["name"], re.IGNORECASE) is not None
    )


class _Slot(Enum):
    CALLED_REPO = auto()
    PLACED = auto()
    HEAD = auto()


@cache
def _place_before(places: Phrases, articles: Phrases) -> re.Pattern[str]:
    return re.compile(rf"{either((*places, _REPO))}\s+(?:(?:{'|'.join(articles)})\s+){{0,2}}$", re.IGNORECASE)


@cache
def _slots(places: Phrases, articles: Phrases, work: Phrases) -> dict[_Slot, re.Pattern[str]]:
    little = rf"(?:(?:{'|'.join(articles)})\s+){{0,2}}"
    ends = (
        r"(?=\s+(?:to|and|that|which|para|y|um|und|pour|et|e|needs?|should|has|have|is|please|bitte|por favor)\b"
        r"|\s*[,.:;!?]|\s*$"
        rf"|\s+{either(work)}\s)"
    )
    return {
        _Slot.CALLED_REPO: re.compile(
            rf"(?:{either(places)}\s+)?{little}\b(?P<name>{_WORD}(?:\s+{_WORD})?)\s+{_REPO}\b",
            re.IGNORECASE,
        ),
        _Slot.PLACED: re.compile(
            rf"{either(places)}\s+{little}(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}}?){ends}", re.IGNORECASE
        ),
        _Slot.HEAD: re.compile(
            rf"^{little}(?P<name>{_WORD}(?:\s+{_WORD}){{0,2}}?)"
            r"(?: thing| project| one)?(?:\s*,|\s+(?:needs|should|lacks)\b)",
            re.IGNORECASE,
        ),
    }


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
