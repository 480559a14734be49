"""The ear: a process of its own that decodes and recognises, so that a hostile recording can only kill the ear.

``python -m core.voice.ear [--model DIRECTORY]``. Without a model it only tells speech from silence.
"""

import argparse
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from av.logging import set_level

from core.voice.decoding import RATE, Samples, TooLongError, UnplayableError, decode
from core.voice.frames import (
    LENGTH,
    Answer,
    Heard,
    HeardSpan,
    Note,
    Progress,
    Ready,
    Silent,
    TooLong,
    Unplayable,
    pack,
)
from core.voice.voicing import has_speech

_ADDRESS_SPACE: Final = 4 << 30
_GATE_ADDRESS_SPACE: Final = 1 << 30


class _Recognise(Protocol):
    def __call__(self, samples: Samples, note: Note, tell: Callable[[float], None], /) -> Heard: ...


def main() -> None:
    """Serve notes until standard input ends."""
    options = _options()
    answers = _take_stdout()
    _bound_resources(_GATE_ADDRESS_SPACE if options.model is None else _ADDRESS_SPACE)
    set_level(None)
    recognise = _load(options.model)
    _write(answers, Ready())
    while (request := _read(sys.stdin.buffer)) is not None:
        audio = _read(sys.stdin.buffer)
        if audio is None:
            return
        note = Note.model_validate_json(request)
        _write(answers, listen(note, audio, recognise, lambda share: _write(answers, Progress(share=share))))


def listen(note: Note, audio: bytes, recognise: _Recognise, tell: Callable[[float], None]) -> Answer:
    """Decode, look for speech, and recognise it; ``tell`` hears how far that is."""
    try:
        samples = decode(audio, note.container, note.max_seconds)
    except TooLongError:
        return TooLong()
    except UnplayableError:
        return Unplayable()
    return recognise(samples, note, tell) if has_speech(samples, note.min_speech) else Silent()


class _Options(argparse.Namespace):
    model: Path | None


def _options() -> _Options:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    return parser.parse_args(namespace=_Options())


def _take_stdout() -> BinaryIO:
    """Keep standard output for answers alone; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _bound_resources(address_space: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _load(model: Path | None) -> _Recognise:
    if model is None:
        return lambda samples, _note, _tell: Heard(seconds=len(samples) / RATE)
    from core.voice.recognition import Recogniser  # noqa: PLC0415 -- 0.5 s that an ear without a model is spared.

    recogniser = Recogniser(model)

    def recognise(samples: Samples, note: Note, tell: Callable[[float], None]) -> Heard:
        words = recogniser.recognise(samples, note.prompt, note.language, note.min_speech, tell)
        spans = tuple(
            HeardSpan(text=span.text, start=span.start, end=span.end, confidence=span.confidence)
            for span in words.spans
        )
        return Heard(
            text=words.text,
            confidence=words.confidence,
            language=words.language,
            spans=spans,
            seconds=len(samples) / RATE,
        )

    return recognise


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    return stream.read(size)


def _write(stream: BinaryIO, answer: Answer | Progress) -> None:
    stream.write(pack(answer.model_dump_json().encode()))
    stream.flush()


if __name__ == "__main__":
    main()
