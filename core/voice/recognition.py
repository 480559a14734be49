"""Samples into words, inside the ear: Whisper with a window cut to the note."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from faster_whisper import WhisperModel  # pyright: ignore[reportMissingTypeStubs]

from core.voice.decoding import RATE, Samples
from core.voice.loops import collapse, suspicious

_FRAMES_A_SECOND: Final = 100
_MARGIN_SECONDS: Final = 6
_WINDOW_SECONDS: Final = 30
_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Words:
    """What Whisper made of a note. ``confidence`` is the mean probability of a token, 0–1."""

    text: str
    confidence: float
    language: str


class _CutWhisper(WhisperModel):
    """Whisper that encodes only the first ``frames`` of its 30 s window: a third of the work for a short note.

    With less than 6 s of silence behind the speech it tends to repeat the sentence.
    """

    frames: int = _WINDOW_SECONDS * _FRAMES_A_SECOND

    def encode(self, features: np.ndarray[Any, Any]) -> Any:  # noqa: ANN401 -- the library's own untyped value.
        """Encode the window that was asked for."""
        window = np.ascontiguousarray(features[..., : self.frames])
        return super().encode(window)  # pyright: ignore[reportUnknownVariableType]


class Recogniser:
    """A loaded model."""

    def __init__(self, model_dir: Path, language: str | None) -> None:
        self._model = _CutWhisper(str(model_dir), device="cpu", compute_type="int8", cpu_threads=_THREADS)
        self._language = language

    def recognise(self, samples: Samples, prompt: str | None) -> Words:
        """The words in the samples; listens again with the whole window when the short one loops."""
        seconds = len(samples) / RATE
        first = self._decode(samples, prompt, seconds + _MARGIN_SECONDS)
        if not suspicious(first.text, seconds):
            return first
        again = self._decode(samples, prompt, _WINDOW_SECONDS)
        return Words(collapse(again.text), again.confidence, again.language)

    def _decode(self, samples: Samples, prompt: str | None, window: float) -> Words:
        self._model.frames = int(min(window, _WINDOW_SECONDS) * _FRAMES_A_SECOND)
        segments, info = self._model.transcribe(
            samples,
            language=self._language,
            initial_prompt=prompt,
            beam_size=5,
            temperature=(0.0, 0.2, 0.4),
            condition_on_previous_text=False,
            max_new_tokens=_most_tokens(len(samples) / RATE),
        )
        spoken = list(segments)
        text = " ".join(segment.text.strip() for segment in spoken)
        scores = [segment.avg_logprob for segment in spoken]
        return Words(text, math.exp(sum(scores) / len(scores)) if scores else 0.0, info.language)


def _most_tokens(seconds: float) -> int:
    return 12 + int(6 * min(seconds, _WINDOW_SECONDS))
