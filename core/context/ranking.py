"""Weighs the signals of the files of a repository against each other, and says in words why a file was chosen."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.context.corpus import Corpus
from core.context.field import Floats
from core.context.signals import SIGNALS, Evidence, Query, gather, read_query
from core.context.words import words_in
from core.model.code import Kind
from core.model.context import Priority, RelevantFile

# Fitted on other repositories than those the ranking is measured on.
WEIGHTS: Final = {
    "chunk": 1.42, "chunks": 0.87, "whole": 1.91, "path": 1.57, "symbols": 0.83, "chunk_coverage": 0.65,
    "coverage": 0.53, "phrase": 0.46, "named": 0.15, "subjects": 1.09, "commits": 0.95, "churn": 1.43,
    "neighbours": 0.93,
}  # fmt: skip
AGAINST: Final = {Kind.TEST: 5.3, Kind.DOCS: 3.69, Kind.EXAMPLE: 3.03, Kind.CONFIG: 2.23}
_ASKED_FOR: Final = {
    Kind.TEST: frozenset(words_in("test tests testing spec")),
    Kind.DOCS: frozenset(words_in("docs documentation readme changelog")),
}
_LIFTED: Final = 0.3  # What is left of a kind's handicap when the task is about that kind.
_ABOUT: Final = 0.25  # The share of a task's words that makes it about something.


@dataclass(frozen=True, slots=True)
class Ranked:
    """A file's place in ``corpus.files``, and what its signals come to."""

    place: int
    total: float


def rank(text: str, corpus: Corpus) -> tuple[Query, Evidence, list[Ranked]]:
    """All files, best first."""
    query = read_query(text, corpus)
    evidence = gather(query, corpus)
    totals = evidence.table @ np.array([WEIGHTS[name] for name in SIGNALS], np.float32) - _handicaps(text, corpus)
    order = np.argsort(-totals, kind="stable")
    return query, evidence, [Ranked(int(place), float(totals[place])) for place in order]


def find(text: str, corpus: Corpus, most: int = 20) -> tuple[RelevantFile, ...]:
    """The files that a task is likely to need, best first, with a reason for each."""
    query, evidence, ranked = rank(text, corpus)
    if not ranked or not query.words:
        return ()
    chances = _chances([each.total for each in ranked])
    return tuple(
        _relevant(query, evidence, corpus, each.place, chance)
        for each, chance in zip(ranked[:most], chances, strict=False)
    )


def _handicaps(text: str, corpus: Corpus) -> Floats:
    words = words_in(text)
    by_kind = np.zeros(len(Kind), np.float32)
    for kind, handicap in AGAINST.items():
        about = sum(word in _ASKED_FOR.get(kind, ()) for word in words) >= _ABOUT * max(len(words), 1)
        by_kind[kind] = handicap * (_LIFTED if about else 1)
    return by_kind[corpus.kinds]


def _chances(totals: list[float]) -> list[float]:
    weights = np.exp(np.array(totals) - max(totals))
    return list(weights / weights.sum())


def _relevant(query: Query, evidence: Evidence, corpus: Corpus, place: int, chance: float) -> RelevantFile:
    chunk = corpus.chunks[int(evidence.best_chunk[place])]
    priority = Priority.HIGH if chance >= 0.25 else Priority.MEDIUM if chance >= 0.05 else Priority.LOW  # noqa: PLR2004
    return RelevantFile(
        path=corpus.files[place].path,
        reason="; ".join(_reasons(query, evidence, corpus, place)[:3]),
        priority=priority,
        score=round(chance, 4),
        lines=(chunk.start, chunk.end),
    )


def _reasons(query: Query, evidence: Evidence, corpus: Corpus, place: int) -> list[str]:
    """What fired, the most telling first."""
    signal = dict(zip(SIGNALS, evidence.table[place].tolist(), strict=True))
    reasons: list[str] = []
    defined = [name for word in query.names for at, name in corpus.defines.get(word, ()) if at == place]
    if defined:
        reasons.append(f"defines `{min(defined)}`")
    if signal["named"]:
        reasons.append("the task names it")
    voters = [commit for commit in evidence.alike if place in corpus.commits[commit].files]
    if len(voters) > 1:
        reasons.append(f"changed in {len(voters)} past commits like this task")
    elif voters:
        reasons.append(f"changed by “{corpus.commits[voters[0]].subject[:60]}”")
    in_path = [query.spelled[word] for word in query.words if place in corpus.by_path.where[corpus.by_path.rows(word)]]
    if in_path and not signal["named"]:
        reasons.append(f"its path speaks of {', '.join(in_path[:3])}")
    if signal["chunk"] > 0:
        chunk = corpus.chunks[int(evidence.best_chunk[place])]
        shown = [
            query.spelled[word]
            for word in sorted(_in_chunk(query, evidence, corpus, place), key=corpus.by_chunk.rarity)
        ]
        reasons.append(f"lines {chunk.start} to {chunk.end} speak of {', '.join(reversed(shown[-3:]))}")
    if signal["neighbours"] > 0:
        reasons.append("used together with the other files here")
    return reasons or ["often changed"]


def _in_chunk(query: Query, evidence: Evidence, corpus: Corpus, place: int) -> list[int]:
    chunk = int(evidence.best_chunk[place])
    words = set(corpus.text[corpus.begins[chunk] : corpus.begins[chunk + 1]].tolist())
    return [word for word in query.words if word in words]
