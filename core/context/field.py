"""BM25 with its weights worked out beforehand: a query adds up a few rows of an array."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float32]

_K1: Final = 1.2
_B: Final = 0.75


@dataclass(frozen=True, slots=True)
class Field:
    """The words of ``documents`` documents: where each word occurs (``begins`` of its rows), and how much it counts."""

    documents: int
    begins: NDArray[np.int64]
    where: Ints
    weight: Floats

    def rows(self, word: int) -> slice:
        """The places of a word's rows in ``where`` and ``weight``."""
        return slice(int(self.begins[word]), int(self.begins[word + 1])) if word + 1 < len(self.begins) else slice(0, 0)

    def rarity(self, word: int) -> float:
        """How much a word tells: idf."""
        rows = self.rows(word)
        found = rows.stop - rows.start
        return float(np.log1p((self.documents - found + 0.5) / (found + 0.5)))

    def scores(self, words: Iterable[int]) -> Floats:
        """The BM25 score of every document."""
        total = np.zeros(self.documents, np.float32)
        for word in words:
            rows = self.rows(word)
            total[self.where[rows]] += self.rarity(word) * self.weight[rows]
        return total

    def coverage(self, words: Iterable[int]) -> Floats:
        """Which share of the words each document has, weighted by what they tell."""
        total = np.zeros(self.documents, np.float32)
        whole = 0.0
        for word in words:
            rows = self.rows(word)
            rarity = self.rarity(word) if rows.stop > rows.start else 0.0
            whole += rarity
            total[self.where[rows]] += rarity
        return total / whole if whole else total


def make_field(words: Ints, owners: Ints, documents: int, vocabulary: int) -> Field:
    """The field in which word ``words[i]`` occurs in document ``owners[i]``."""
    keys, counts = np.unique(words.astype(np.int64) * max(documents, 1) + owners, return_counts=True)
    where = (keys % max(documents, 1)).astype(np.int32)
    begins = np.searchsorted(keys, np.arange(vocabulary + 1, dtype=np.int64) * max(documents, 1))
    lengths = np.bincount(owners, minlength=documents).astype(np.float32)
    mean = float(lengths.mean()) if documents and len(owners) else 1.0
    weight = counts * (_K1 + 1) / (counts + _K1 * (1 - _B + _B * lengths[where] / mean))
    return Field(documents, begins, where, weight.astype(np.float32))
