"""A small local Telegram: the Bot API over HTTP for one bot, for the demo and for tests."""

import asyncio
import hmac
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

from pydantic import ValidationError
from quart import Quart, Request, Response, request
from werkzeug.datastructures import MultiDict

from cadence.demo.telegram_exchange import Refused, TelegramExchange
from cadence.demo.telegram_methods import METHODS
from cadence.demo.telegram_postman import deliver_while_serving
from cadence.demo.telegram_shapes import JsonObject
from cadence.listening import serve_app


def create_telegram_server(exchange: TelegramExchange) -> Quart:
    """The Bot API in front of ``exchange``. Served at any address, that address is the bot's API URL."""
    app = Quart(__name__)
    app.while_serving(partial(deliver_while_serving, exchange))

    @app.route("/bot<token>/<method>", methods=["GET", "POST"])
    async def call(token: str, method: str) -> tuple[JsonObject, int]:  # pyright: ignore[reportUnusedFunction]
        try:
            _check_token(exchange, token)
            return {"ok": True, "result": await _carry_out(exchange, method, await _parameters(request))}, 200
        except Refused as refusal:
            return refusal.shape(), refusal.code

    @app.get("/file/bot<token>/<path:path>")
    async def download(token: str, path: str) -> Response | tuple[JsonObject, int]:  # pyright: ignore[reportUnusedFunction]
        try:
            _check_token(exchange, token)
            return Response(_read(exchange, path), content_type="application/octet-stream")
        except Refused as refusal:
            return refusal.shape(), refusal.code

    return app


@asynccontextmanager
async def serve_telegram(exchange: TelegramExchange, port: int = 0) -> AsyncGenerator[str]:
    """Serve ``exchange`` on this computer, on a free port unless one is given; yields the bot's API URL."""
    async with serve_on_loopback(create_telegram_server(exchange), port) as url:
        yield url


@asynccontextmanager
async def serve_on_loopback(app: Quart, port: int = 0) -> AsyncGenerator[str]:
    """Serve an application on this computer; yields its URL."""
    listener = socket.create_server(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    over = asyncio.Event()
    # Whoever connects before the server is up waits in the listener's queue.
    serving = asyncio.create_task(serve_app(app, f"fd://{listener.detach()}", over.wait))
    try:
        yield url
    finally:
        over.set()
        await serving


async def _carry_out(exchange: TelegramExchange, method: str, given: JsonObject) -> object:
    known = METHODS.get(method)
    if known is None:
        raise Refused(404, "Not Found: method not found")
    exchange.check_script(method)
    try:
        return await known.call(exchange, given)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
        raise Refused(400, f"Bad Request: can't parse {fields}") from error


async def _parameters(asked: Request) -> JsonObject:
    if asked.is_json:
        return await asked.get_json()
    form = cast("MultiDict[str, str]", await asked.form)
    return {**asked.args.to_dict(), **form.to_dict()}


def _read(exchange: TelegramExchange, path: str) -> bytes:
    for file in exchange.files.values():
        if file.path == path:
            return file.data
    raise Refused(404, "Not Found")


def _check_token(exchange: TelegramExchange, token: str) -> None:
    if not hmac.compare_digest(token.encode(), exchange.token.encode()):
        raise Refused(401, "Unauthorized")
