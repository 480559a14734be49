"""A stand-in for the Anthropic Messages API that plays a script: for demos without a key, and for tests.

It keeps nothing between requests: how far the play has come is read from the conversation it is sent.
"""

import json
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from pydantic import ValidationError
from quart import Quart, Response, request

from cadence.demo.conversation import Conversation
from cadence.demo.script import LABEL, Play, Turn, next_turn

_Json = dict[str, object]

# The figures that the API always sends and that mean nothing here.
_NO_USAGE: Final[_Json] = {
    "cache_creation": None,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "inference_geo": None,
    "server_tool_use": None,
    "service_tier": "standard",
}


def _turn(asked: Conversation, play: Play) -> Turn:
    """Requests without tools are the CLI's own small questions: a title, a check."""
    return play(asked.task(), asked.outcomes()) if asked.tools else Turn(f"{LABEL} A scripted demo")


def _content(turn: Turn) -> list[_Json]:
    blocks: list[_Json] = [{"type": "text", "text": turn.text, "citations": None}]
    if turn.call is not None:
        blocks.append(
            {
                "type": "tool_use",
                "id": f"toolu_{uuid4().hex[:24]}",
                "name": turn.call.tool,
                "input": dict(turn.call.given),
                "caller": {"type": "direct"},
            }
        )
    return blocks


def _message(asked: Conversation, turn: Turn, content: list[_Json], *, counted: bool) -> _Json:
    said = asked.tokens(), len(turn.text) // 4 + 1
    given, returned = said if counted else (0, 0)
    return {
        "id": f"msg_{uuid4().hex[:24]}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": content,
        "stop_reason": "end_turn" if turn.call is None else "tool_use",
        "stop_sequence": None,
        "stop_details": None,
        "container": None,
        "usage": _NO_USAGE | {"input_tokens": given, "output_tokens": returned},
    }


def _block_events(index: int, block: _Json) -> Iterator[_Json]:
    """A block as a stream tells it: its empty shell, its content, its end."""
    if block["type"] == "text":
        shell = block | {"text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    else:
        shell = block | {"input": dict[str, str]()}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    yield {"type": "content_block_start", "index": index, "content_block": shell}
    yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _events(message: _Json, content: list[_Json]) -> Iterator[_Json]:
    yield {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}
    for index, block in enumerate(content):
        yield from _block_events(index, block)
    delta = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": delta, "usage": message["usage"]}
    yield {"type": "message_stop"}


async def _stream(events: Iterator[_Json]) -> AsyncIterator[bytes]:
    for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _refusal(problem: str) -> tuple[_Json, HTTPStatus]:
    error = {"type": "invalid_request_error", "message": problem}
    return {"type": "error", "error": error, "request_id": None}, HTTPStatus.BAD_REQUEST


def scripted_model(play: Play = next_turn, *, counted: bool = True) -> Quart:
    """The stand-in as an ASGI application. It takes any key. Uncounted, it says that it has used no tokens."""
    app = Quart(__name__)

    @app.post("/v1/messages")
    async def messages() -> Response | _Json:  # pyright: ignore[reportUnusedFunction]  Quart calls it.
        asked = Conversation.model_validate_json(await request.get_data())
        turn = _turn(asked, play)
        content = _content(turn)
        message = _message(asked, turn, content, counted=counted)
        if not asked.stream:
            return message
        return Response(_stream(_events(message, content)), content_type="text/event-stream")

    @app.post("/v1/messages/count_tokens")
    async def count_tokens() -> _Json:  # pyright: ignore[reportUnusedFunction]  Quart calls it.
        return {"input_tokens": Conversation.model_validate_json(await request.get_data()).tokens()}

    @app.errorhandler(ValidationError)
    async def not_understood(_problem: ValidationError) -> tuple[_Json, HTTPStatus]:  # pyright: ignore[reportUnusedFunction]  Quart calls it.
        return _refusal("This is no request to the Messages API.")

    return app
