"""What speaks for each file, one number a signal: all between nought and one, so that weights can be compared."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.context.corpus import Corpus
from core.context.field import Floats, Ints
from core.context.words import as_one_word, joined, stem, words_in

SIGNALS: Final = (
    "chunk", "chunks", "whole", "path", "symbols", "chunk_coverage", "coverage", "phrase", "named",
    "subjects", "commits", "churn", "neighbours",
)  # fmt: skip
Places: TypeAlias = NDArray[np.intp]
_LOOKED_AT: Final = 400
_BEST_OF: Final = 3
_VOTERS: Final = 40
_HUBS: Final = 25
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Query:
    """A task as it is searched: its words' numbers in reading order, those of them once, and names it may mean."""

    text: str
    sequence: tuple[int, ...]
    words: tuple[int, ...]
    spelled: dict[int, str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signals of every file (a row each), each file's best chunk, and the commits that are like the task."""

    table: Floats
    best_chunk: Ints
    alike: tuple[int, ...]


def read_query(text: str, corpus: Corpus) -> Query:
    """Words that speech took apart ("web socket") are put together where the repository knows them so."""
    words = words_in(text)
    plain = [word.lower() for word in _IDENTIFIER.findall(text)]
    together = [joined(first + second) for first, second in pairwise(plain)]
    triples = [joined("".join(three)) for three in zip(plain, plain[1:], plain[2:], strict=False)]
    known = corpus.vocabulary
    extra = [form for name in (*together, *triples) for form in (name, stem(name)) if form in known and len(name) > 4]  # noqa: PLR2004
    sequence = tuple(known[word] for word in words if word in known)
    numbers = dict.fromkeys((*sequence, *(known[word] for word in extra)))
    spelled = {known[word]: word for word in (*words, *extra) if word in known}
    names = {as_one_word(name) for name in _IDENTIFIER.findall(text)} | set(together) | set(triples)
    return Query(text, sequence, tuple(numbers), spelled, frozenset(names - {""}))


def gather(query: Query, corpus: Corpus) -> Evidence:
    """All signals of all files."""
    count = len(corpus.files)
    chunk_scores = corpus.by_chunk.scores(query.words)
    order = np.argsort(-chunk_scores, kind="stable")[:_LOOKED_AT]
    order = order[chunk_scores[order] > 0]
    best, top, phrase = _chunks(query, corpus, chunk_scores, order)
    alike, votes = _votes(query, corpus)
    chunk_coverage = np.maximum.reduceat(corpus.by_chunk.coverage(query.words), corpus.first_chunk) if count else top
    signals = {
        "chunk": np.maximum.reduceat(chunk_scores, corpus.first_chunk) if count else top,
        "chunks": top,
        "whole": corpus.by_file.scores(query.words),
        "path": corpus.by_path.scores(query.words),
        "symbols": corpus.by_symbol.scores(query.words),
        "chunk_coverage": chunk_coverage,
        "coverage": corpus.by_file.coverage(query.words),
        "phrase": phrase,
        "named": _named(query, corpus),
        "subjects": corpus.by_subject.scores(query.words),
        "commits": votes,
        "churn": corpus.churn,
    }
    scaled = {name: _scaled(values) for name, values in signals.items()}
    scaled["neighbours"] = _scaled(_neighbours(scaled, corpus))
    table = np.stack([scaled[name] for name in SIGNALS], axis=1) if count else np.zeros((0, len(SIGNALS)), np.float32)
    return Evidence(table, best, alike)


def _scaled(values: Floats) -> Floats:
    greatest = float(values.max()) if len(values) else 0.0
    return values / greatest if greatest > 0 else values


def _chunks(query: Query, corpus: Corpus, scores: Floats, order: Places) -> tuple[Ints, Floats, Floats]:
    """Each file's best chunk, the mean of its three best, and the share of the task's word pairs in one chunk."""
    best = corpus.first_chunk.copy()
    top = np.zeros(len(corpus.files), np.float32)
    phrase = np.zeros(len(corpus.files), np.float32)
    seen = np.zeros(len(corpus.files), np.int32)
    size = len(corpus.vocabulary) + 1
    pairs = np.unique(
        np.array(
            [first * size + second for first, second in zip(query.sequence, query.sequence[1:], strict=False)], np.int64
        )
    )
    for chunk in order.tolist():
        place = corpus.owner[chunk]
        if seen[place] == 0:
            best[place] = chunk
        if seen[place] < _BEST_OF:
            top[place] += scores[chunk] / _BEST_OF
        seen[place] += 1
        if len(pairs):
            words = corpus.text[corpus.begins[chunk] : corpus.begins[chunk + 1]].astype(np.int64)
            found = np.isin(pairs, words[:-1] * size + words[1:], assume_unique=False)
            phrase[place] = max(phrase[place], float(found.mean()))
    return best, top, phrase


def _named(query: Query, corpus: Corpus) -> Floats:
    asked = frozenset(query.words)
    return np.array([bool(name) and name <= asked for name in corpus.names], np.float32)


def _votes(query: Query, corpus: Corpus) -> tuple[tuple[int, ...], Floats]:
    """Commits whose subjects are like the task speak for the files they touched."""
    votes = np.zeros(len(corpus.files), np.float32)
    scores = corpus.by_commit.scores(query.words)
    order = np.argsort(-scores, kind="stable")[:_VOTERS]
    alike = tuple(commit for commit in map(int, order) if scores[commit] > 0)
    for commit in alike:
        files = corpus.commits[commit].files
        votes[list(files)] += scores[commit] ** 2 / np.sqrt(len(files))
    return alike, votes


def _neighbours(scaled: dict[str, Floats], corpus: Corpus) -> Floats:
    """Files that use, or are used by, the files that look best so far."""
    users, definers, tightness = corpus.links
    so_far = scaled["chunk"] + scaled["whole"] + scaled["path"] + scaled["phrase"] + scaled["subjects"]
    seeds = np.where(so_far >= (np.partition(so_far, -_HUBS)[-_HUBS] if len(so_far) > _HUBS else 0), so_far, 0)
    reached = np.zeros(len(corpus.files), np.float32)
    if len(users):
        degree = np.bincount(users, tightness, len(reached)) + np.bincount(definers, tightness, len(reached)) + 1
        share = tightness / np.sqrt(degree[users] * degree[definers])
        np.add.at(reached, definers, share * seeds[users])
        np.add.at(reached, users, share * seeds[definers])
    return reached.astype(np.float32)
