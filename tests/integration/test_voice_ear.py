"""The ear as a real process, with recordings as the platforms make them."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream

from core.model.context import Vocabulary
from core.model.errors import NothingHeard, TranscriptionFailed, UnusableRecording
from core.model.messages import AudioClip
from core.voice.audio import AudioLimits
from core.voice.decoding import RATE, Samples, decode
from core.voice.ear_process import EarProcess
from core.voice.frames import Heard, Note, Silent, Unplayable
from core.voice.local import WhisperTranscriber
from core.voice.voicing import has_speech

HERE = Path(__file__).parent
NOTE = (HERE.parents[1] / "cadence" / "demo" / "note.ogg").read_bytes()
KILL_TWELVE = (HERE / "audio" / "kill_agent_twelve.ogg").read_bytes()
STOP_EVERYTHING = (HERE / "audio" / "stop_everything.ogg").read_bytes()
NO_HINTS = Vocabulary()
NOTE_IN_OGG = Note.model_validate({"container": "ogg", "max_seconds": 120, "min_speech": 0.2})


@pytest.fixture
async def whisper(tmp_path: Path) -> AsyncIterator[WhisperTranscriber]:
    transcriber = WhisperTranscriber("tiny.en", tmp_path)
    yield transcriber
    await transcriber.aclose()


@pytest.fixture
async def gate() -> AsyncIterator[EarProcess]:
    ear = EarProcess()
    yield ear
    await ear.aclose()


def encode(samples: Samples, container: str, codec: str, rate: int = RATE) -> bytes:
    """The samples as another platform would have recorded them."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as output:
        stream = cast("AudioStream", output.add_stream(codec, rate=rate, layout="mono"))
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        output.mux([*stream.encode(frame), *stream.encode(None)])
    return written.getvalue()


def speech() -> Samples:
    return decode(NOTE, NOTE_IN_OGG.container, 120)


def test_the_demo_note_is_a_short_opus_recording() -> None:
    assert 2 < len(speech()) / RATE <= 5
    assert len(NOTE) < 20_000


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        ("mp4", "aac", 44_100),
        ("webm", "libopus", 48_000),
        ("ogg", "libopus", 48_000),
        ("mp3", "mp3", 44_100),
        ("wav", "pcm_s16le", RATE),
        ("wav", "pcm_mulaw", 8_000),
        ("flac", "flac", RATE),
        ("adts", "aac", RATE),
        ("amr", "libopencore_amrnb", 8_000),
    ],
)
async def test_a_note_is_heard_in_every_format_the_platforms_send(
    whisper: WhisperTranscriber, container: str, codec: str, rate: int
) -> None:
    recording = encode(speech(), container, codec, rate)
    transcript = await whisper.transcribe(AudioClip("application/octet-stream", data=recording), NO_HINTS)
    assert "agent" in transcript.text.lower()
    assert "login" in transcript.text.lower() or "log" in transcript.text.lower()


async def test_short_commands_keep_their_words(whisper: WhisperTranscriber) -> None:
    kill = await whisper.transcribe(AudioClip("audio/ogg", data=KILL_TWELVE), NO_HINTS)
    stop = await whisper.transcribe(AudioClip("audio/ogg", data=STOP_EVERYTHING), NO_HINTS)
    assert kill.text.lower().strip(" .!") in {"kill agent 12", "kill agent twelve"}
    assert stop.text.lower().strip(" .!") == "stop everything"
    assert kill.confidence is not None
    assert 0 < kill.confidence <= 1


async def test_noise_is_nothing_heard(whisper: WhisperTranscriber) -> None:
    noise = (np.random.default_rng(7).standard_normal(3 * RATE) * 0.05).astype(np.float32)
    tone = (np.sin(np.arange(3 * RATE) * 2 * np.pi * 440 / RATE) * 0.3).astype(np.float32)
    for samples in (noise, tone, np.zeros(800, np.float32)):
        with pytest.raises(NothingHeard):
            await whisper.transcribe(AudioClip("audio/wav", data=encode(samples, "wav", "pcm_s16le")), NO_HINTS)


async def test_a_truncated_recording_is_refused(whisper: WhisperTranscriber) -> None:
    whole = encode(speech(), "mp4", "aac", 44_100)
    with pytest.raises(UnusableRecording, match="damaged"):
        await whisper.transcribe(AudioClip("audio/mp4", data=whole[: len(whole) // 2]), NO_HINTS)


async def test_a_recording_that_understates_its_length_is_cut_off(tmp_path: Path) -> None:
    whisper = WhisperTranscriber("tiny.en", tmp_path, limits=AudioLimits(max_seconds=2))
    with pytest.raises(UnusableRecording, match="2 seconds"):
        await whisper.transcribe(AudioClip("audio/ogg", seconds=1, data=NOTE), NO_HINTS)
    await whisper.aclose()


async def test_warming_starts_the_ear_once(whisper: WhisperTranscriber) -> None:
    assert whisper.pid is None
    await whisper.warm()
    first = whisper.pid
    await whisper.warm()
    await whisper.transcribe(AudioClip("audio/ogg", data=NOTE), NO_HINTS)
    assert first is not None
    assert whisper.pid == first


async def test_a_dead_ear_is_started_again(whisper: WhisperTranscriber) -> None:
    await whisper.warm()
    first = whisper.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    with suppress(TranscriptionFailed):  # The note that meets the death is lost, unless the death was noticed before.
        await whisper.transcribe(AudioClip("audio/ogg", data=NOTE), NO_HINTS)
    assert (await whisper.transcribe(AudioClip("audio/ogg", data=NOTE), NO_HINTS)).text
    assert whisper.pid != first


async def test_an_ear_past_the_deadline_is_killed() -> None:
    ear = EarProcess(deadline=3)
    await ear.warm()
    pid = ear.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TranscriptionFailed, match="too long"):
        await ear.listen(NOTE_IN_OGG, NOTE)
    assert ear.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_an_interrupted_note_takes_the_ear_with_it(gate: EarProcess) -> None:
    await gate.warm()
    assert gate.pid is not None
    os.kill(gate.pid, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(gate.listen(NOTE_IN_OGG, NOTE), 0.2)
    assert gate.pid is None
    assert await gate.listen(NOTE_IN_OGG, NOTE) == Heard(seconds=5.0)


async def test_notes_wait_their_turn(gate: EarProcess) -> None:
    quiet = NOTE_IN_OGG.model_copy(update={"min_speech": 60})
    answers = await asyncio.gather(
        gate.listen(NOTE_IN_OGG, NOTE), gate.listen(NOTE_IN_OGG, b"OggS"), gate.listen(quiet, NOTE)
    )
    assert answers == [Heard(seconds=5.0), Unplayable(), Silent()]


async def test_the_ear_knows_no_secret_of_ours(gate: EarProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-secret")
    await gate.warm()
    environment = await asyncio.to_thread(Path(f"/proc/{gate.pid}/environ").read_bytes)
    assert b"PYTHONPATH" in environment
    assert b"OPENAI_API_KEY" not in environment


def test_speech_is_told_from_silence() -> None:
    assert has_speech(speech(), 1.0)
    assert not has_speech(np.zeros(5 * RATE, np.float32), 0.2)
