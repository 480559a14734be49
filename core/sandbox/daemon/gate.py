"""The only way out of a box: two calls of the Messages API, with the run's token put in by us, and packages to read."""

import asyncio
import hmac
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from socket import socket
from typing import Final

import httpx
import structlog
from aiohttp import web

from core.sandbox.daemon.arrivals import accept
from core.sandbox.daemon.packages import open_package_gateway
from core.sandbox.daemon.registries import Outside
from core.sandbox.daemon.tunnel import Tunnel

_log = structlog.get_logger(__name__)

_OPEN_PATHS: Final = frozenset({"/v1/messages", "/v1/messages/count_tokens"})
_SENT_ON: Final = ("accept", "content-type", "user-agent", "x-app")
_SENT_ON_PREFIXES: Final = ("anthropic-", "x-stainless-")
_SENT_BACK: Final = ("content-type", "content-encoding", "retry-after", "request-id", "x-should-retry")
_BODY_LIMIT: Final = 64 << 20
# The box is gone by then; aiohttp takes zero for “wait for ever”.
_LAST_MOMENT_SECONDS: Final = 0.05
_TIMEOUT: Final = httpx.Timeout(connect=10, read=600, write=60, pool=10)


def _api_error(status: HTTPStatus, kind: str, message: str) -> web.Response:
    error = {"type": "error", "error": {"type": kind, "message": message}}
    return web.json_response(error, status=status)


def _sent_on(request: web.BaseRequest) -> dict[str, str]:
    return {
        name: value
        for name, value in request.headers.items()
        if name.lower() in _SENT_ON or name.lower().startswith(_SENT_ON_PREFIXES)
    }


async def _body(request: web.BaseRequest) -> bytes | None:
    """The request's body, or None when it is too large."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > _BODY_LIMIT:
            return None
    return bytes(body)


@dataclass(slots=True)
class Gate:
    """Serves one run. ``key`` is what the box knows; ``token`` never enters it."""

    llm_url: str
    token: str
    key: str
    blocked: Callable[[str], None]
    active: Callable[[], None]
    outside: Outside = field(default_factory=Outside)
    _told: set[str] = field(default_factory=set[str])

    @asynccontextmanager
    async def serve(self, listener: socket) -> AsyncGenerator[None]:
        """Answer at ``listener`` for the length of the block."""
        tunnel = Tunnel(self.outside.hosts, self._tell, self.active)
        async with (
            httpx.AsyncClient(timeout=_TIMEOUT) as client,
            open_package_gateway(self.outside.registries) as packages,
        ):

            async def answer(request: web.BaseRequest) -> web.StreamResponse:
                self.active()
                return await packages.answer(request) or await self._answer(request, client)

            server = web.Server(answer, access_log=None)
            accepting = asyncio.create_task(accept(listener, server, tunnel.serve))
            try:
                yield
            finally:
                accepting.cancel()
                await asyncio.gather(accepting, return_exceptions=True)
                listener.close()
                await server.shutdown(_LAST_MOMENT_SECONDS)

    async def _answer(self, request: web.BaseRequest, client: httpx.AsyncClient) -> web.StreamResponse:
        if request.method != "POST" or request.path not in _OPEN_PATHS:
            return self._refuse(request)
        if not hmac.compare_digest(request.headers.get("x-api-key", ""), self.key):
            self._tell("a call of the model with a key that is not the run's own")
            return _api_error(
                HTTPStatus.UNAUTHORIZED, "authentication_error", "Only the run's own key opens this door."
            )
        body = await _body(request)
        if body is None:
            return _api_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request_too_large", "The request is too large.")
        return await self._forward(request, body, client)

    async def _forward(self, request: web.BaseRequest, body: bytes, client: httpx.AsyncClient) -> web.StreamResponse:
        headers = _sent_on(request) | {"accept-encoding": "identity", "x-api-key": self.token}
        url = self.llm_url.rstrip("/") + request.path_qs
        try:
            async with client.stream("POST", url, content=body, headers=headers) as upstream:
                return await self._pass_through(request, upstream)
        except httpx.HTTPError as problem:
            _log.warning("llm_unreachable", error=type(problem).__name__)
            return _api_error(HTTPStatus.BAD_GATEWAY, "api_error", "Cadence could not reach the model just now.")

    async def _pass_through(self, request: web.BaseRequest, upstream: httpx.Response) -> web.StreamResponse:
        """Hand on every chunk as it comes. A break in the middle is a break for the client, too."""
        kept = {name: upstream.headers[name] for name in _SENT_BACK if name in upstream.headers}
        response = web.StreamResponse(status=upstream.status_code, headers=kept)
        await response.prepare(request)
        try:
            async for chunk in upstream.aiter_raw():
                self.active()
                await response.write(chunk)
        except (httpx.HTTPError, ConnectionError) as problem:
            _log.info("llm_stream_broken", error=type(problem).__name__)
            if request.transport is not None:
                request.transport.abort()
            return response
        await response.write_eof()
        return response

    def _refuse(self, request: web.BaseRequest) -> web.Response:
        self._tell(f"{request.method} {request.raw_path}".partition("?")[0])
        return _api_error(HTTPStatus.FORBIDDEN, "permission_error", "Cadence keeps agents off the network.")

    def _tell(self, what: str) -> None:
        what = what[:200]
        if what not in self._told:
            self._told.add(what)
            self.blocked(what)
