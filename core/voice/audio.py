"""What counts as a recording: the cheap checks that come before anything is decoded."""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.model.errors import UnusableRecording
from core.model.messages import AudioClip

_MB: Final = 1_000_000


class Container(StrEnum):
    """A file format we open, under the name that the decoder and the file extension share."""

    OGG = "ogg"
    MP4 = "mp4"
    WEBM = "webm"
    MP3 = "mp3"
    AAC = "aac"
    WAV = "wav"
    FLAC = "flac"
    AMR = "amr"


@dataclass(frozen=True, slots=True)
class AudioLimits:
    """The bounds of a voice note. ``min_speech`` is how many seconds of it must be somebody speaking."""

    max_bytes: int = 25 * _MB
    max_seconds: float = 600.0
    min_speech: float = 0.2


@dataclass(frozen=True, slots=True)
class Recording:
    """A clip that passed the cheap checks; ``container`` is what the bytes say, whatever the sender claimed."""

    data: bytes
    container: Container


_OPENINGS: Final[tuple[tuple[int, bytes, Container], ...]] = (
    (0, b"OggS", Container.OGG),
    (4, b"ftyp", Container.MP4),
    (0, b"\x1a\x45\xdf\xa3", Container.WEBM),
    (0, b"ID3", Container.MP3),
    (8, b"WAVE", Container.WAV),
    (0, b"fLaC", Container.FLAC),
    (0, b"#!AMR", Container.AMR),
)


# The phone's raw samples have no header of their own, so here, alone, what the sender says must do.
_RAW_ULAW: Final = frozenset({"audio/basic", "audio/x-mulaw", "audio/mulaw", "audio/pcmu"})
_ULAW_HEAD: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_ULAW_FORMAT: Final = 7
_PHONE_RATE: Final = 8_000


def sniff(data: bytes) -> Container | None:
    """The container that the first bytes announce; None for anything we do not open."""
    for offset, mark, container in _OPENINGS:
        if data.startswith(mark, offset):
            return container
    return _sniff_bare_frames(data)


def _sniff_bare_frames(data: bytes) -> Container | None:
    if len(data) < 2 or data[0] != 0xFF:  # noqa: PLR2004 -- an MPEG frame opens with eleven set bits.
        return None
    if data[1] & 0xF6 == 0xF0:  # noqa: PLR2004 -- layer bits 00 mean ADTS.
        return Container.AAC
    return Container.MP3 if data[1] & 0xE0 == 0xE0 and data[1] & 0x06 else None  # noqa: PLR2004


def check_claims(clip: AudioClip, limits: AudioLimits) -> None:
    """Refuse what the sender itself calls too large or too long, so that it need not be downloaded."""
    if clip.size is not None and clip.size > limits.max_bytes:
        raise too_large(limits)
    if clip.seconds is not None and clip.seconds > limits.max_seconds:
        raise too_long(limits)


def admit(clip: AudioClip, limits: AudioLimits) -> Recording:
    """Make sure that a clip is small enough and looks like audio. Raises UnusableRecording."""
    check_claims(clip, limits)
    if not clip.data:
        raise UnusableRecording("That recording is empty. Please record it again.")
    if len(clip.data) > limits.max_bytes:
        raise too_large(limits)
    container = sniff(clip.data)
    if container is None and clip.media_type.partition(";")[0].strip().lower() in _RAW_ULAW:
        return Recording(wrap_ulaw(clip.data), Container.WAV)
    if container is None:
        raise not_audio()
    return Recording(clip.data, container)


def wrap_ulaw(samples: bytes) -> bytes:
    """8 kHz mono µ-law, as it comes from a phone line, as a WAV file that every provider takes."""
    size = len(samples)
    shape = (b"fmt ", 16, _ULAW_FORMAT, 1, _PHONE_RATE, _PHONE_RATE, 1, 8)
    return _ULAW_HEAD.pack(b"RIFF", 36 + size, b"WAVE", *shape, b"data", size) + samples


def too_large(limits: AudioLimits) -> UnusableRecording:
    """The refusal of a file over the limit of bytes."""
    return UnusableRecording(
        f"That recording is larger than {limits.max_bytes // _MB} megabytes. Please send a shorter voice note."
    )


def too_long(limits: AudioLimits) -> UnusableRecording:
    """The refusal of a recording over the limit of seconds."""
    return UnusableRecording(
        f"That recording is longer than {_length(limits.max_seconds)}. Please say it in a shorter voice note."
    )


def not_audio() -> UnusableRecording:
    """The refusal of a file that is no audio, or audio in a format we do not open."""
    return UnusableRecording(
        "That file is not a recording I can play. Please send a voice note, or an MP3 or WAV file."
    )


def damaged() -> UnusableRecording:
    """The refusal of a file that begins like audio and cannot be played."""
    return UnusableRecording("That recording is damaged and cannot be played. Please record it again.")


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{round(seconds)} seconds" if rest or minutes < 2 else f"{minutes} minutes"  # noqa: PLR2004 -- as one says it.
