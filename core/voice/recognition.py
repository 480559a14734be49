"""Samples into words, inside the ear: Whisper with a window cut to the note."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from faster_whisper import WhisperModel  # pyright: ignore[reportMissingTypeStubs]

from core.model.messages import Span
from core.voice.decoding import RATE, Samples
from core.voice.loops import collapse, suspicious
from core.voice.pauses import split_at_pauses
from core.voice.voicing import has_speech

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
    spans: tuple[Span, ...]


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

    def __init__(self, model_dir: Path) -> None:
        self._model = _CutWhisper(str(model_dir), device="cpu", compute_type="int8", cpu_threads=_THREADS)

    def recognise(
        self,
        samples: Samples,
        prompt: str | None,
        language: str | None,
        min_speech: float,
        tell: Callable[[float], None],
    ) -> Words:
        """The words in the samples, long ones piece by piece; ``tell`` hears the share of them that is done."""
        pieces: list[Words] = []
        for start, piece in split_at_pauses(samples):
            if len(piece) == len(samples):
                return self._recognise_piece(piece, prompt, language)
            if has_speech(piece, min_speech):
                pieces.append(_later(self._recognise_piece(piece, prompt, language), start / RATE))
                # Whoever speaks for long does so in one language: it is guessed once.
                language = language or pieces[0].language
            tell((start + len(piece)) / len(samples))
        return _together(pieces)

    def _recognise_piece(self, samples: Samples, prompt: str | None, language: str | None) -> Words:
        """Listens again with the whole window when the short one loops."""
        seconds = len(samples) / RATE
        first = self._decode(samples, prompt, language, seconds + _MARGIN_SECONDS)
        if not suspicious(first.text, seconds):
            return first
        again = self._decode(samples, prompt, language, _WINDOW_SECONDS)
        return replace(again, text=collapse(again.text))

    def _decode(self, samples: Samples, prompt: str | None, language: str | None, window: float) -> Words:
        self._model.frames = int(min(window, _WINDOW_SECONDS) * _FRAMES_A_SECOND)
        segments, info = self._model.transcribe(
            samples,
            language=language,
            initial_prompt=prompt,
            beam_size=5,
            temperature=(0.0, 0.2, 0.4),
            condition_on_previous_text=False,
            max_new_tokens=_most_tokens(len(samples) / RATE),
        )
        spans = tuple(
            Span(segment.text.strip(), segment.start, segment.end, math.exp(segment.avg_logprob))
            for segment in segments
        )
        scores = [math.log(span.confidence) for span in spans if span.confidence]
        confidence = math.exp(sum(scores) / len(scores)) if scores else 0.0
        return Words(" ".join(span.text for span in spans), confidence, info.language, spans)


def _later(words: Words, seconds: float) -> Words:
    spans = (replace(span, start=span.start + seconds, end=span.end + seconds) for span in words.spans)
    return replace(words, spans=tuple(spans))


def _together(pieces: list[Words]) -> Words:
    """The least sure piece says how sure we are of the whole."""
    return Words(
        " ".join(piece.text for piece in pieces),
        min((piece.confidence for piece in pieces), default=0.0),
        pieces[0].language if pieces else "",
        tuple(span for piece in pieces for span in piece.spans),
    )


def _most_tokens(seconds: float) -> int:
    return 12 + int(6 * min(seconds, _WINDOW_SECONDS))
