"""Makes of a file's bytes what is kept of it. Pure: the same bytes give the same result, so each is read once."""

from typing import Final

import numpy as np

from core.context.chunks import cut
from core.context.words import words_in
from core.model.code import Blob, Chunk

ANALYSIS: Final = 1  # Grows when the same bytes would give something else.


def analyse(sha: str, content: bytes, language: str) -> Blob:
    """Chunks, words and symbols of a file. Bytes that are no UTF-8 are read as Latin-1."""
    known: dict[str, int] = {}
    sequence: list[int] = []
    chunks: list[Chunk] = []
    line, place = 1, 0
    for piece in cut(content, language):
        line += content.count(b"\n", place, piece.start)
        lines = content.count(b"\n", piece.start, piece.end)
        last = line + lines - (1 if content[piece.end - 1 : piece.end] == b"\n" else 0)
        chunks.append(Chunk(line, max(line, last), len(sequence), piece.symbols))
        sequence += [known.setdefault(word, len(known)) for word in words_in(_text(content[piece.start : piece.end]))]
        line, place = line + lines, piece.end
    return Blob(sha, language, tuple(known), np.asarray(sequence, "<u4").tobytes(), tuple(chunks))


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")
