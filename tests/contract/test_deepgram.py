"""Deepgram, recorded and live, against a server on loopback that speaks its protocol."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from core.model.context import Vocabulary
from core.model.errors import NothingHeard, TranscriptionFailed, UnusableRecording
from core.model.messages import AudioClip, Transcript
from core.voice.deepgram import DeepgramTranscriber
from core.voice.deepgram_live import DeepgramLive
from core.voice.gate import Gate
from core.voice.transcriber import HeardLive, Partial, SpeechBegan, Utterance

NOTE = AudioClip("audio/ogg", data=(Path(__file__).parents[2] / "cadence" / "demo" / "note.ogg").read_bytes())
HINTS = Vocabulary(repos=("acme/wallet-frontend",), agents=("Birch",), dictionary=("Ledricor",), language="en")
KEYTERMS = ["Ledricor", "wallet frontend", "Birch"]


def alternative(text: str, confidence: float = 0.98) -> dict[str, Any]:
    words = [
        {"word": word.lower(), "punctuated_word": word, "start": at / 2, "end": at / 2 + 0.4, "confidence": confidence}
        for at, word in enumerate(text.split())
    ]
    return {"transcript": text, "confidence": confidence, "words": words}


def recorded(text: str) -> dict[str, Any]:
    """An answer of ``POST /v1/listen``, with more in it than we read, as there is in a real one."""
    return {
        "metadata": {"request_id": "r", "sha256": "0", "created": "2026-01-01", "duration": 30.0, "channels": 1},
        "results": {"channels": [{"detected_language": "en", "alternatives": [alternative(text)]}]},
    }


def results(text: str, *, final: bool, ends: bool = False, seconds: float = 1.5) -> dict[str, Any]:
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "start": 0.0,
        "duration": seconds,
        "is_final": final,
        "speech_final": ends,
        "channel": {"alternatives": [alternative(text)]},
    }


@dataclass
class Deepgram:
    """What the server says, and what it was told."""

    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: recorded("Pause agent three."))
    script: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    hangs_up: bool = False
    query: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    authorization: str | None = None
    body: bytes = b""
    frames: list[bytes | str] = field(default_factory=list[bytes | str])
    url: str = ""

    def _note(self, request: web.Request) -> None:
        self.query = {name: request.query.getall(name) for name in request.query}
        self.authorization = request.headers.get("Authorization")

    async def listen(self, request: web.Request) -> web.Response:
        self._note(request)
        self.body = await request.read()
        return web.json_response(self.answer, status=self.status)

    async def live(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        if self.status != web.HTTPOk.status_code:
            return web.Response(status=self.status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            self.frames.append(message.data)
            if message.type is WSMsgType.BINARY:
                for event in self.script:
                    await socket.send_json(event)
                self.script.clear()
            if self.hangs_up:
                # 1011: it has heard nothing for too long.
                await socket.close(code=1011)
            elif message.type is WSMsgType.TEXT and "CloseStream" in message.data:
                await socket.close()
        return socket


@pytest_asyncio.fixture
async def deepgram() -> AsyncGenerator[Deepgram]:
    double = Deepgram()
    app = web.Application()
    app.router.add_post("/v1/listen", double.listen)
    app.router.add_get("/v1/listen", double.live)
    async with TestServer(app) as server:
        double.url = str(server.make_url("")).rstrip("/")
        yield double


async def hear(deepgram: Deepgram) -> Transcript:
    headers = {"Authorization": "Token key"}
    async with httpx.AsyncClient(base_url=deepgram.url, headers=headers) as client:
        listener = DeepgramTranscriber(client, "nova-3", Gate(None), dollars_a_minute=0.006)
        return await listener.transcribe(NOTE, HINTS)


async def talk(deepgram: Deepgram, *script: dict[str, Any]) -> list[HeardLive]:
    """Everything heard in a conversation in which the server follows the script."""
    deepgram.script = [*script]
    async with DeepgramLive(deepgram.url, "key", "nova-3", 0.006).listen(HINTS) as line:
        await line.send(b"\xff" * 160)
        await line.finish()
        return [heard async for heard in line.heard()]


async def test_a_note_goes_out_as_it_came_with_the_names_to_expect(deepgram: Deepgram) -> None:
    transcript = await hear(deepgram)

    assert transcript.text == "Pause agent three."
    assert (transcript.provider, transcript.language, transcript.confidence) == ("deepgram-nova-3", "en", 0.98)
    assert [span.text for span in transcript.spans] == ["Pause", "agent", "three."]
    assert (transcript.seconds, transcript.dollars) == (30.0, pytest.approx(0.003))
    assert deepgram.body == NOTE.data
    assert deepgram.authorization == "Token key"
    assert (deepgram.query["model"], deepgram.query["keyterm"]) == (["nova-3"], KEYTERMS)
    assert deepgram.query["mip_opt_out"] == ["true"]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, UnusableRecording), (413, UnusableRecording), (401, TranscriptionFailed), (503, TranscriptionFailed)],
)
async def test_its_errors_become_ours(deepgram: Deepgram, status: int, error: type[Exception]) -> None:
    deepgram.status = status
    with pytest.raises(error):
        await hear(deepgram)


async def test_an_answer_that_is_none_is_a_failure(deepgram: Deepgram) -> None:
    deepgram.answer = {"results": "none"}
    with pytest.raises(TranscriptionFailed):
        await hear(deepgram)


@pytest.mark.parametrize("text", ["", "Thanks for watching!"])
async def test_what_it_makes_up_is_nothing_heard(deepgram: Deepgram, text: str) -> None:
    deepgram.answer = recorded(text)
    with pytest.raises(NothingHeard):
        await hear(deepgram)


async def test_a_conversation_is_heard_while_it_is_spoken(deepgram: Deepgram) -> None:
    heard = await talk(
        deepgram,
        {"type": "SpeechStarted", "channel": [0], "timestamp": 0.1},
        results("start an", final=False),
        results("Start an agent", final=True),
        results("on wallet", final=False),
        results("on wallet frontend.", final=True, ends=True),
    )

    began, *partials, said = heard
    assert began == SpeechBegan()
    assert partials == [Partial("start an"), Partial("Start an agent on wallet")]
    assert isinstance(said, Utterance)
    assert said.transcript.text == "Start an agent on wallet frontend."
    assert (said.transcript.seconds, said.transcript.dollars) == (3.0, pytest.approx(0.0003))
    assert deepgram.frames[0] == b"\xff" * 160
    assert deepgram.query["encoding"] == ["mulaw"]
    assert (deepgram.query["endpointing"], deepgram.query["keyterm"]) == (["500"], KEYTERMS)


async def test_a_pause_ends_what_was_said_where_the_end_itself_was_missed(deepgram: Deepgram) -> None:
    end = {"type": "UtteranceEnd", "channel": [0], "last_word_end": 2.1}
    heard = await talk(deepgram, results("Stop", final=True), end, end)
    assert [said.transcript.text for said in heard if isinstance(said, Utterance)] == ["Stop"]


async def test_what_was_begun_when_the_call_ends_is_heard_out(deepgram: Deepgram) -> None:
    heard = await talk(deepgram, results("Pause agent", final=True), {"type": "Metadata"}, {"type": "Something new"})
    assert [said.transcript.text for said in heard if isinstance(said, Utterance)] == ["Pause agent"]


async def test_a_line_that_breaks_is_a_failure_and_no_utterance(deepgram: Deepgram) -> None:
    deepgram.hangs_up = True
    with pytest.raises(TranscriptionFailed):
        await talk(deepgram, results("Stop every", final=True))


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_who_is_not_let_in_hears_of_it_at_once(deepgram: Deepgram, status: int) -> None:
    deepgram.status = status
    async with asyncio.timeout(5):
        with pytest.raises(TranscriptionFailed):
            await talk(deepgram)
