"""How quickly a voice note is let through the gate, and how quickly Whisper on this computer hears it.

The note is the demo's, repeated to four seconds, in each platform's format. The gate's baseline is decoding the same
bytes with nothing around it; Whisper's is the gate.
"""

import asyncio
import io
import tempfile
from pathlib import Path
from typing import Final, cast

import av
import numpy as np
from av.audio.stream import AudioStream

from benchmarks.figures import report, timed
from core.model.context import Vocabulary
from core.model.messages import AudioClip
from core.voice.audio import Container
from core.voice.decoding import RATE, Samples, decode
from core.voice.ear_process import EarProcess
from core.voice.gate import Gate
from core.voice.local import WhisperTranscriber

NOTE: Final = Path(__file__).parents[1] / "cadence" / "demo" / "note.ogg"
SECONDS: Final = 4
NOTES: Final = 100
HEARD: Final = 20
FORMATS: Final = (
    (Container.OGG, "ogg", "libopus", 48_000),
    (Container.MP4, "mp4", "aac", 44_100),
    (Container.WEBM, "webm", "libopus", 48_000),
    (Container.WAV, "wav", "pcm_mulaw", 8_000),
)
NAMES: Final = ("wallet-frontend", "api-service", "payments-gateway", "infra-terraform", "ledger-core", "mobile-app")


def encode(samples: Samples, container: str, codec: str, rate: int) -> bytes:
    written = io.BytesIO()
    with av.open(written, "w", format=container) as output:
        stream = cast("AudioStream", output.add_stream(codec, rate=rate, layout="mono"))
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        output.mux([*stream.encode(frame), *stream.encode(None)])
    return written.getvalue()


async def run() -> None:
    samples = np.resize(decode(NOTE.read_bytes(), Container.OGG, 60), SECONDS * RATE)
    notes = {container: encode(samples, name, codec, rate) for container, name, codec, rate in FORMATS}
    ear = EarProcess()
    gate = Gate(ear)
    await ear.warm()
    for container, data in notes.items():
        clip = AudioClip("application/octet-stream", data=data)

        async def pass_through(clip: AudioClip = clip) -> None:
            await gate.pass_through(clip)

        async def bare(data: bytes = data, container: Container = container) -> None:
            decode(data, container, 60)

        report(f"decode and gate, {SECONDS} s of {container}", *[await timed(NOTES, w) for w in (pass_through, bare)])
    await _whisper(AudioClip("audio/ogg", data=notes[Container.OGG]), gate)
    await ear.aclose()


async def _whisper(clip: AudioClip, gate: Gate) -> None:
    hints = Vocabulary(repos=NAMES)
    for model in ("tiny.en", "base"):
        with tempfile.TemporaryDirectory() as cache:
            whisper = WhisperTranscriber(model, Path(cache))
            await whisper.warm()

            async def listen(whisper: WhisperTranscriber = whisper) -> None:
                await whisper.transcribe(clip, hints)

            async def pass_through() -> None:
                await gate.pass_through(clip)

            report(f"Whisper {model}, {SECONDS} s note", *[await timed(HEARD, work) for work in (listen, pass_through)])
            await whisper.aclose()


if __name__ == "__main__":
    asyncio.run(run())
