"""Hearing a conversation as it is spoken, by Deepgram: for the phone, whose audio needs no conversion."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Discriminator, Tag, TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException

from core.model.context import Vocabulary
from core.model.messages import Span, Transcript
from core.voice.deepgram import DeepgramAlternative, listen_query
from core.voice.gate import not_answering
from core.voice.transcriber import HeardLive, Partial, SpeechBegan, Utterance

_KEEP_ALIVE: Final = '{"type": "KeepAlive"}'
_CLOSE: Final = '{"type": "CloseStream"}'
# Deepgram hangs up on 10 s of silence on the wire.
_KEEP_ALIVE_SECONDS: Final = 4.0
_LINE: Final = (
    ("encoding", "mulaw"),
    ("sample_rate", "8000"),
    ("channels", "1"),
    ("interim_results", "true"),
    ("vad_events", "true"),
    # Its default of 10 ms would cut people off in the middle of a thought.
    ("endpointing", "500"),
    ("utterance_end_ms", "1000"),
)


class _Channel(BaseModel):
    alternatives: list[DeepgramAlternative]


class _Results(BaseModel):
    type: Literal["Results"]
    channel: _Channel
    start: float
    duration: float
    is_final: bool = False
    speech_final: bool = False


class _SpeechStarted(BaseModel):
    type: Literal["SpeechStarted"]


class _UtteranceEnd(BaseModel):
    type: Literal["UtteranceEnd"]


class _Other(BaseModel):
    """Metadata, and whatever Deepgram may yet think of."""


_KNOWN: Final = frozenset({"Results", "SpeechStarted", "UtteranceEnd"})
_Event = (
    Annotated[_Results, Tag("Results")]
    | Annotated[_SpeechStarted, Tag("SpeechStarted")]
    | Annotated[_UtteranceEnd, Tag("UtteranceEnd")]
    | Annotated[_Other, Tag("other")]
)


def _kind(event: dict[str, object]) -> str:
    kind = event.get("type")
    return kind if isinstance(kind, str) and kind in _KNOWN else "other"


_EVENT: Final[TypeAdapter[_Event]] = TypeAdapter(Annotated[_Event, Discriminator(_kind)])


@dataclass(frozen=True, slots=True)
class DeepgramLive:
    """Deepgram's live recognition. ``url`` is the API's address, beginning with https or wss."""

    url: str
    key: str
    model: str
    dollars_a_minute: float = 0.0
    patience: float = 5.0

    @asynccontextmanager
    async def listen(self, hints: Vocabulary) -> AsyncGenerator["DeepgramLine", None]:
        """As LiveTranscriber."""
        query = urlencode([*listen_query(self.model, hints), *_LINE])
        address = f"{self.url.replace('http', 'ws', 1).rstrip('/')}/v1/listen?{query}"
        headers = {"Authorization": f"Token {self.key}"}
        try:
            socket = await connect(address, additional_headers=headers, open_timeout=self.patience, close_timeout=1)
        except (OSError, TimeoutError, WebSocketException) as error:
            raise not_answering() from error
        async with socket:
            keeping = asyncio.create_task(_keep_alive(socket))
            try:
                yield DeepgramLine(socket, self.model, hints.language, self.dollars_a_minute)
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)


class DeepgramLine:
    """One conversation. What is final comes in pieces, which are put together until its speaker pauses."""

    def __init__(self, socket: ClientConnection, model: str, language: str | None, price: float) -> None:
        self._socket = socket
        self._provider = f"deepgram-{model}"
        self._language = language
        self._price = price
        self._pieces: list[DeepgramAlternative] = []
        self._seconds = 0.0

    async def send(self, audio: bytes) -> None:
        """As LiveLine."""
        try:
            await self._socket.send(audio)
        except ConnectionClosed as error:
            raise not_answering() from error

    async def finish(self) -> None:
        """As LiveLine."""
        try:
            await self._socket.send(_CLOSE)
        except ConnectionClosed as error:
            raise not_answering() from error

    async def heard(self) -> AsyncIterator[HeardLive]:
        """As LiveLine."""
        try:
            while True:
                for heard in self._read(await self._socket.recv()):
                    yield heard
        except ConnectionClosedOK:
            if rest := self._utterance():
                yield rest
        except (ConnectionClosed, ValidationError) as error:
            raise not_answering() from error

    def _read(self, message: str | bytes) -> list[HeardLive]:
        match _EVENT.validate_json(message):
            case _Results() as results:
                return self._take(results)
            case _SpeechStarted():
                return [SpeechBegan()]
            case _UtteranceEnd():
                ended = self._utterance()
                return [ended] if ended else []
            case _Other():
                return []

    def _take(self, results: _Results) -> list[HeardLive]:
        best = results.channel.alternatives[0] if results.channel.alternatives else DeepgramAlternative()
        if not results.is_final:
            said = " ".join([*(piece.transcript for piece in self._pieces), best.transcript]).strip()
            return [Partial(said)] if best.transcript else []
        self._seconds += results.duration
        if best.transcript:
            self._pieces.append(best)
        ended = self._utterance() if results.speech_final else None
        return [ended] if ended else []

    def _utterance(self) -> Utterance | None:
        pieces, self._pieces = self._pieces, []
        seconds, self._seconds = self._seconds, 0.0
        if not pieces:
            self._seconds = seconds
            return None
        text = " ".join(piece.transcript for piece in pieces)
        spans: tuple[Span, ...] = tuple(word.span for piece in pieces for word in piece.words)
        sure = min(piece.confidence for piece in pieces)
        dollars = seconds / 60 * self._price
        return Utterance(Transcript(text, text, self._provider, sure, self._language, spans, seconds, dollars))


async def _keep_alive(socket: ClientConnection) -> None:
    while True:
        await asyncio.sleep(_KEEP_ALIVE_SECONDS)
        await socket.send(_KEEP_ALIVE)
