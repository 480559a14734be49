"""Long recordings in pieces: nothing is lost, nothing too long, and nobody is cut off in a word."""

import numpy as np
import pytest

from core.voice.decoding import RATE, Samples
from core.voice.pauses import MOST_SECONDS, split_at_pauses

_NOISE = np.random.default_rng(1)


def talk(*seconds: float, pause: float = 0.5) -> Samples:
    """Stretches of noise with pauses in between."""
    parts: list[Samples] = []
    for length in seconds:
        parts.append(_NOISE.uniform(-0.5, 0.5, round(length * RATE)).astype(np.float32))
        parts.append(np.zeros(round(pause * RATE), np.float32))
    return np.concatenate(parts)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 23.9, 24.0])
def test_a_short_one_is_one_piece(seconds: float) -> None:
    samples = np.ones(round(seconds * RATE), np.float32)
    ((start, piece),) = split_at_pauses(samples)
    assert (start, len(piece)) == (0, len(samples))


@pytest.mark.parametrize("samples", [talk(20, 14, 22, 9), talk(*[3.0] * 100), np.ones(61 * RATE, np.float32)])
def test_the_pieces_are_the_whole_in_order_and_none_is_too_long(samples: Samples) -> None:
    pieces = list(split_at_pauses(samples))
    assert np.array_equal(np.concatenate([piece for _, piece in pieces]), samples)
    assert [start for start, _ in pieces] == np.cumsum([0, *(len(piece) for _, piece in pieces[:-1])]).tolist()
    assert max(len(piece) for _, piece in pieces) <= MOST_SECONDS * RATE


def test_it_is_cut_where_nobody_speaks() -> None:
    samples = talk(20, 14, 22, 9)
    for start, _ in list(split_at_pauses(samples))[1:]:
        assert not samples[start - RATE // 20 : start + RATE // 20].any()
