import pytest

from core.model.errors import UnusableRecording
from core.model.messages import AudioClip
from core.voice.audio import AudioLimits, Container, admit, check_claims, sniff

LIMITS = AudioLimits()


@pytest.mark.parametrize(
    ("opening", "container"),
    [
        (b"OggS\x00\x02", Container.OGG),
        (b"\x00\x00\x00\x20ftypM4A ", Container.MP4),
        (b"\x00\x00\x00\x18ftyp3gp4", Container.MP4),
        (b"\x1a\x45\xdf\xa3\x9f", Container.WEBM),
        (b"ID3\x04\x00", Container.MP3),
        (b"\xff\xfb\x90\x00", Container.MP3),
        (b"\xff\xf1\x50\x80", Container.AAC),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", Container.WAV),
        (b"fLaC\x00", Container.FLAC),
        (b"#!AMR\n", Container.AMR),
        (b"<!DOCTYPE html><html>", None),
        (b"just some text", None),
        (b"RIFF\x24\x00\x00\x00AVI LIST", None),
        (b"%PDF-1.7", None),
        (b"\xff\xff\xff\xff"[:1], None),
    ],
)
def test_the_first_bytes_tell_the_container(opening: bytes, container: Container | None) -> None:
    assert sniff(opening) is container


def test_what_the_sender_claims_does_not_count() -> None:
    clip = AudioClip("video/mp4", data=b"OggS and the rest")
    assert admit(clip, LIMITS).container is Container.OGG


@pytest.mark.parametrize(
    ("clip", "advice"),
    [
        (AudioClip("audio/ogg", data=b""), "empty"),
        (AudioClip("audio/ogg"), "empty"),
        (AudioClip("audio/ogg", data=b"this is a text file called note.ogg"), "Please send a voice note"),
        (AudioClip("audio/mp4", data=b"<!DOCTYPE html><title>Sign in</title>"), "Please send a voice note"),
        (AudioClip("audio/ogg", data=b"OggS" + bytes(30_000_000)), "larger than 25 megabytes"),
        (AudioClip("audio/ogg", size=30_000_000), "larger than 25 megabytes"),
        (AudioClip("audio/ogg", seconds=601, data=b"OggS"), "longer than 10 minutes"),
    ],
)
def test_a_refusal_says_what_to_send_instead(clip: AudioClip, advice: str) -> None:
    with pytest.raises(UnusableRecording, match=advice):
        admit(clip, LIMITS)


def test_a_claim_is_checked_without_the_recording() -> None:
    check_claims(AudioClip("audio/ogg", seconds=5, size=9_000, reference="file-id"), LIMITS)
    with pytest.raises(UnusableRecording, match="shorter voice note"):
        check_claims(AudioClip("audio/ogg", seconds=5, size=26_000_000, reference="file-id"), LIMITS)
