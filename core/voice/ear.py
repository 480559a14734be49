"""The ear: a process of its own that decodes and recognises, so that a hostile recording can only kill the ear.

``python -m core.voice.ear [--model DIRECTORY] [--language CODE]``. Without a model it only tells speech from silence.
"""

import argparse
import os
import resource
import sys
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from av.logging import set_level

from core.voice.decoding import Samples, TooLongError, UnplayableError, decode
from core.voice.frames import LENGTH, Answer, Heard, Note, Ready, Silent, TooLong, Unplayable, pack
from core.voice.voicing import has_speech

_ADDRESS_SPACE: Final = 4 << 30


class _Recognise(Protocol):
    def __call__(self, samples: Samples, prompt: str | None, /) -> Heard: ...


def main() -> None:
    """Serve notes until standard input ends."""
    options = _options()
    answers = _take_stdout()
    _bound_resources()
    set_level(None)
    recognise = _load(options.model, options.language)
    _write(answers, Ready())
    while (request := _read(sys.stdin.buffer)) is not None:
        audio = _read(sys.stdin.buffer)
        if audio is None:
            return
        _write(answers, listen(Note.model_validate_json(request), audio, recognise))


def listen(note: Note, audio: bytes, recognise: _Recognise) -> Answer:
    """Decode, look for speech, and recognise it."""
    try:
        samples = decode(audio, note.container, note.max_seconds)
    except TooLongError:
        return TooLong()
    except UnplayableError:
        return Unplayable()
    return recognise(samples, note.prompt) if has_speech(samples, note.min_speech) else Silent()


class _Options(argparse.Namespace):
    model: Path | None
    language: str | None


def _options() -> _Options:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--language")
    return parser.parse_args(namespace=_Options())


def _take_stdout() -> BinaryIO:
    """Keep standard output for answers alone; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _bound_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _load(model: Path | None, language: str | None) -> _Recognise:
    if model is None:
        return lambda _samples, _prompt: Heard()
    from core.voice.recognition import Recogniser  # noqa: PLC0415 -- 0.5 s that an ear without a model is spared.

    recogniser = Recogniser(model, language)

    def recognise(samples: Samples, prompt: str | None) -> Heard:
        words = recogniser.recognise(samples, prompt)
        return Heard(text=words.text, confidence=words.confidence, language=words.language)

    return recognise


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    return stream.read(size)


def _write(stream: BinaryIO, answer: Answer) -> None:
    stream.write(pack(answer.model_dump_json().encode()))
    stream.flush()


if __name__ == "__main__":
    main()
