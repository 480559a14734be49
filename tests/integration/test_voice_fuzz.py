"""Recordings that somebody has tampered with: every one gets an answer in time, and none takes the memory."""

import asyncio
import random
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from core.voice.audio import Container
from core.voice.decoding import RATE
from core.voice.ear_process import EarProcess
from core.voice.frames import Heard, Note, Silent, TooLong, Unplayable
from tests.integration.test_voice_ear import encode, speech

_TRIES: Final = 12
_MOST_BYTES: Final = 250_000_000
# Where FLAC keeps rate, channels, sample size and, in the last 36 bits, the number of samples; 0 is unknown.
_FLAC_LENGTH: Final = 18
_ENCODED: Final = {
    Container.OGG: ("ogg", "libopus", 48_000),
    Container.MP4: ("mp4", "aac", 44_100),
    Container.WEBM: ("webm", "libopus", 48_000),
    Container.MP3: ("mp3", "mp3", 44_100),
    Container.WAV: ("wav", "pcm_mulaw", 8_000),
    Container.FLAC: ("flac", "flac", RATE),
    Container.AAC: ("adts", "aac", RATE),
    Container.AMR: ("amr", "libopencore_amrnb", 8_000),
}


@pytest.fixture
async def gate() -> AsyncIterator[EarProcess]:
    ear = EarProcess(deadline=10)
    yield ear
    await ear.aclose()


def note(container: Container, seconds: float = 120) -> Note:
    return Note(container=container, max_seconds=seconds, min_speech=0.2, prompt=None, language=None)


def tampered(good: bytes, chance: random.Random) -> Iterator[bytes]:
    """Cut off, overwritten here and there, with a stretch doubled, and with another length in its head."""
    for _ in range(_TRIES):
        data = bytearray(good)
        match chance.randrange(4):
            case 0:
                del data[chance.randrange(16, len(data)) :]
            case 1:
                for _ in range(chance.randrange(1, 40)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            case 2:
                at = chance.randrange(len(data))
                data[at:at] = data[at : at + 2000] * 3
            case _:
                at = chance.randrange(4, min(len(data), 200) - 4)
                data[at : at + 4] = struct.pack(">I", chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF]))
        yield bytes(data)


@pytest.mark.parametrize("container", _ENCODED)
async def test_a_recording_that_was_tampered_with_gets_an_answer(gate: EarProcess, container: Container) -> None:
    good = encode(speech(), *_ENCODED[container])
    assert isinstance(await gate.listen(note(container), good), Heard)
    pid = gate.pid
    for data in tampered(good, random.Random(str(container))):  # noqa: S311 (no secret)
        assert isinstance(await gate.listen(note(container), data), Heard | Silent | TooLong | Unplayable)
    assert gate.pid == pid


@pytest.mark.parametrize("container", _ENCODED)
async def test_noise_behind_a_good_beginning_is_no_speech(gate: EarProcess, container: Container) -> None:
    head = encode(speech(), *_ENCODED[container])[:24]
    data = head + random.Random(7).randbytes(50_000)  # noqa: S311 (no secret)
    assert isinstance(await gate.listen(note(container), data), Unplayable | Silent | TooLong)


def an_hour_of_silence() -> bytes:
    """A FLAC file of a few kilobytes a minute that does not say how long it is."""
    data = bytearray(encode(np.zeros(3600 * RATE, np.float32), "flac", "flac"))
    (shape,) = struct.unpack_from(">Q", data, _FLAC_LENGTH)
    struct.pack_into(">Q", data, _FLAC_LENGTH, shape & ~(2**36 - 1))
    return bytes(data)


async def test_a_small_file_that_unpacks_to_an_hour_is_refused_before_it_is_unpacked(gate: EarProcess) -> None:
    bomb = await asyncio.to_thread(an_hour_of_silence)
    assert len(bomb) < 1_000_000
    assert isinstance(await gate.listen(note(Container.FLAC, 60), bomb), TooLong)
    assert gate.pid is not None
    assert peak_memory(gate.pid) < _MOST_BYTES


def peak_memory(pid: int) -> int:
    """The most bytes that a process has had in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
