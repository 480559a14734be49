"""Long recordings in pieces, each cut off where the speaker pauses."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from core.voice.decoding import RATE, Samples

# A recogniser hears 30 s at a time, and wants some silence behind the speech.
MOST_SECONDS: Final = 24
_LEAST_SECONDS: Final = 12
_BREATH: Final = RATE * 3 // 10
_STEP: Final = RATE // 20


def split_at_pauses(samples: Samples) -> Iterator[tuple[int, Samples]]:
    """The pieces, none longer than MOST_SECONDS, each with the sample that it begins at."""
    start = 0
    while len(samples) - start > MOST_SECONDS * RATE:
        earliest, latest = start + _LEAST_SECONDS * RATE, start + MOST_SECONDS * RATE
        end = earliest + _quietest(samples[earliest:latest])
        yield start, samples[start:end]
        start = end
    yield start, samples[start:]


def _quietest(samples: Samples) -> int:
    """The middle of the 0.3 s with the least energy."""
    energy = np.concatenate(([0.0], np.cumsum(np.square(samples, dtype=np.float64))))
    starts = np.arange(0, len(samples) - _BREATH, _STEP)
    return int(starts[np.argmin(energy[starts + _BREATH] - energy[starts])]) + _BREATH // 2
