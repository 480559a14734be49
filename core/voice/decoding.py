"""Bytes into samples, inside the ear: only the announced format, only plain audio codecs, never past the limits."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final, cast

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.error import FFmpegError
from numpy.typing import NDArray

from core.voice.audio import Container

RATE: Final = 16_000
_MAX_CHANNELS: Final = 8
_MAX_RATE: Final = 192_000
_DEMUXERS: Final[dict[Container, str]] = {
    Container.OGG: "ogg",
    Container.MP4: "mov",
    Container.WEBM: "matroska",
    Container.MP3: "mp3",
    Container.AAC: "aac",
    Container.WAV: "wav",
    Container.FLAC: "flac",
    Container.AMR: "amr",
}
_PCM: Final = ("alaw", "mulaw", "u8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f64le")
_CODECS: Final = frozenset(
    {"opus", "vorbis", "aac", "alac", "mp3", "mp3float", "flac", "amrnb", "amrwb", *(f"pcm_{name}" for name in _PCM)}
)
_MAX_STREAMS: Final = 16
_MICROSECONDS: Final = 1_000_000

Samples = NDArray[np.float32]


class UnplayableError(Exception):
    """The bytes are not what they announce."""


class TooLongError(Exception):
    """There is more audio than allowed."""


def decode(audio: bytes, container: Container, max_seconds: float) -> Samples:
    """The recording as 16 kHz mono samples. Raises UnplayableError and TooLongError."""
    try:
        with av.open(
            BytesIO(audio),
            "r",
            format=_DEMUXERS[container],
            metadata_errors="ignore",
            container_options=_bounds(_DEMUXERS[container]),
        ) as opened:
            if (opened.duration or 0) > max_seconds * _MICROSECONDS:
                raise TooLongError
            chunks = list(_capped(_resampled(opened.decode(_plain_stream(opened.streams.audio))), max_seconds))
    except (FFmpegError, ValueError, MemoryError, OverflowError) as error:
        raise UnplayableError from error
    if not chunks:
        raise UnplayableError
    return np.concatenate(chunks).astype(np.float32) / 32768.0


def _bounds(demuxer: str) -> dict[str, str]:
    """One format, plain audio codecs, few streams, and nothing that a file refers to is ever opened."""
    return {
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(sorted(_CODECS)),
        "protocol_whitelist": "none",
        "max_streams": str(_MAX_STREAMS),
    }


def _plain_stream(streams: tuple[AudioStream, ...]) -> AudioStream:
    for stream in streams[:1]:
        # A stream in a codec that nobody knows has no context, whatever the library's types say.
        codec = cast("AudioCodecContext | None", stream.codec_context)
        if codec is not None and _is_plain(codec):
            return stream
    raise UnplayableError


def _is_plain(codec: AudioCodecContext) -> bool:
    return codec.name in _CODECS and codec.channels <= _MAX_CHANNELS and codec.sample_rate <= _MAX_RATE


def _resampled(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    for frame in frames:
        frame.pts = None  # A recording with gaps in its clock is still one recording.
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _capped(frames: Iterator[AudioFrame], max_seconds: float) -> Iterator[NDArray[np.int16]]:
    left = int(max_seconds * RATE)
    for frame in frames:
        left -= frame.samples
        if left < 0:
            raise TooLongError
        yield frame.to_ndarray()[0]
