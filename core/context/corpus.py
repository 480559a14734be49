"""One repository at one commit, as it lies in memory to be searched: arrays made of a snapshot in a second or less."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

import numpy as np

from core.context.field import Field, Floats, Ints, make_field
from core.context.words import as_one_word, words_in
from core.model.code import Blob, Chunk, Snapshot, TrackedFile

_SUBJECTS: Final = 40
_MOST_FILES: Final = 20  # A commit that touches more says little about any of them.
_HALF_YEAR: Final = 180 * 86_400.0
_MOST_DEFINERS: Final = 5
_SHORTEST_SYMBOL: Final = 4


@dataclass(frozen=True, slots=True)
class Past:
    """A commit as it votes: the places of its files among the corpus's, and its subject."""

    subject: str
    files: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """``text`` are all words in reading order; chunk ``i`` are those from ``begins[i]`` to before ``begins[i + 1]``."""

    snapshot: Snapshot
    files: tuple[TrackedFile, ...]
    kinds: Ints
    vocabulary: dict[str, int]
    chunks: tuple[Chunk, ...]
    owner: Ints
    first_chunk: Ints
    text: Ints
    begins: Ints
    by_chunk: Field
    by_file: Field
    by_path: Field
    by_symbol: Field
    by_subject: Field
    by_commit: Field
    commits: tuple[Past, ...]
    churn: Floats
    defines: dict[str, tuple[tuple[int, str], ...]]
    names: tuple[frozenset[int], ...]
    links: tuple[Ints, Ints, Floats]


def build(snapshot: Snapshot) -> Corpus:
    """Everything that is known before a query. Files whose content could not be kept are left out."""
    files = tuple(file for file in snapshot.files if file.sha in snapshot.blobs and snapshot.blobs[file.sha].chunks)
    vocabulary: dict[str, int] = {}

    def number(words: Sequence[str]) -> list[int]:
        return [vocabulary.setdefault(word, len(vocabulary)) for word in words]

    paths = [number(words_in(file.path)) for file in files]
    chunks, owner, text, begins = _lay_out(snapshot, files, paths, number)
    symbols = [_symbols(snapshot.blobs[file.sha]) for file in files]
    symbol_words = [number([word for name in names for word in words_in(name)]) for names in symbols]
    commits, subjects, subject_words, churn = _history(snapshot, files, number)
    names = tuple(frozenset(number(words_in(_stem(file.path)))) for file in files)
    defines = _definitions(symbols)
    size = len(vocabulary)
    of_chunk = np.repeat(np.arange(len(chunks), dtype=np.int32), np.diff(begins))
    by_file = make_field(text, owner[of_chunk], len(files), size)
    return Corpus(
        snapshot, files, np.array([file.kind for file in files], np.int32), vocabulary, chunks, owner,
        np.searchsorted(owner, np.arange(len(files))).astype(np.int32), text, begins,
        by_chunk=make_field(text, of_chunk, len(chunks), size),
        by_file=by_file,
        by_path=_field(paths, size),
        by_symbol=_field(symbol_words, size),
        by_subject=_field(subjects, size),
        by_commit=_field(subject_words, size),
        commits=commits,
        churn=churn,
        defines=defines,
        names=names,
        links=_links(defines, vocabulary, by_file),
    )  # fmt: skip


def _field(documents: Sequence[Sequence[int]], vocabulary: int) -> Field:
    sizes = [len(document) for document in documents]
    flat = np.fromiter((word for document in documents for word in document), np.int32, sum(sizes))
    owners = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    return make_field(flat, owners, len(sizes), vocabulary)


def _symbols(blob: Blob) -> list[str]:
    return list(dict.fromkeys(name for chunk in blob.chunks for name in chunk.symbols))


Number = Callable[[Sequence[str]], list[int]]


def _lay_out(
    snapshot: Snapshot, files: Sequence[TrackedFile], paths: Sequence[list[int]], number: Number
) -> tuple[tuple[Chunk, ...], Ints, Ints, Ints]:
    """All chunks one after the other, each with the words of its path before its own."""
    chunks: list[Chunk] = []
    owner: list[int] = []
    parts: list[Ints] = []
    for place, file in enumerate(files):
        blob = snapshot.blobs[file.sha]
        words = np.array(number(blob.words), np.int32)
        sequence = words[np.frombuffer(blob.sequence, "<u4")] if len(words) else words
        path = np.array(paths[place], np.int32)
        edges = [*(chunk.first for chunk in blob.chunks), len(sequence)]
        parts += [np.concatenate((path, sequence[first:end])) for first, end in pairwise(edges)]
        chunks += blob.chunks
        owner += [place] * len(blob.chunks)
    text = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    begins = np.cumsum([0, *map(len, parts)]).astype(np.int32)
    return tuple(chunks), np.array(owner, np.int32), text, begins


def _history(
    snapshot: Snapshot, files: Sequence[TrackedFile], number: Number
) -> tuple[tuple[Past, ...], list[list[int]], list[list[int]], Floats]:
    """What the commits before this one say: of each file its newest subjects, of each commit its files, and churn."""
    places = {file.path: place for place, file in enumerate(files)}
    subjects: list[list[int]] = [[] for _ in files]
    told = [0] * len(files)
    recent = np.zeros(len(files), np.float64)
    commits: list[Past] = []
    words_of_commits: list[list[int]] = []
    now = max((commit.at for commit in snapshot.history), default=0)
    for commit in snapshot.history:
        touched = tuple(places[path] for path in commit.files if path in places)
        words = number(words_in(commit.subject))
        for place in touched:
            recent[place] += np.exp((commit.at - now) / _HALF_YEAR)
            if told[place] < _SUBJECTS:
                told[place] += 1
                subjects[place] += words
        if touched and len(commit.files) <= _MOST_FILES:
            commits.append(Past(commit.subject, touched))
            words_of_commits.append(words)
    return tuple(commits), subjects, words_of_commits, np.log1p(recent).astype(np.float32)


def _stem(path: str) -> str:
    """What people call a file: its name, or its folder's where the name says nothing."""
    pure = PurePosixPath(path)
    name = pure.name.split(".")[0]
    return pure.parent.name if name in {"index", "mod", "lib", "main", "__init__"} else name


def _definitions(symbols: Sequence[Sequence[str]]) -> dict[str, tuple[tuple[int, str], ...]]:
    """Who defines a name, by the name as one word."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, names in enumerate(symbols):
        for name in names:
            found.setdefault(as_one_word(name), []).append((place, name))
    return {word: tuple(places) for word, places in found.items() if word}


def _links(
    defines: dict[str, tuple[tuple[int, str], ...]], vocabulary: dict[str, int], by_file: Field
) -> tuple[Ints, Ints, Floats]:
    """Which file uses what another one defines: the user, the definer, and how tightly."""
    weights: dict[tuple[int, int], int] = {}
    for word, definers in defines.items():
        if len(definers) > _MOST_DEFINERS or len(word) < _SHORTEST_SYMBOL or word not in vocabulary:
            continue
        users = by_file.where[by_file.rows(vocabulary[word])]
        if len(users) > by_file.documents // 10 + 5:
            continue
        for user in users.tolist():
            for definer, _ in definers:
                if user != definer:
                    weights[user, definer] = weights.get((user, definer), 0) + 1
    ends = np.array(list(weights) or np.zeros((0, 2)), np.int32)
    return ends[:, 0], ends[:, 1], np.sqrt(np.array(list(weights.values()), np.float32))
