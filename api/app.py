"""The web application: every route there is, each a closure over what it needs."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

import structlog
from quart import Blueprint, Quart, Request, Response, g, render_template, request

from api.auth import add_security_headers
from api.callers import Callers
from api.contract import describe
from api.limits import Allowance
from api.problems import add_problem_handlers

# A conversation with the model is the largest request that we hold in memory; routes that take less check themselves.
_LARGEST_BODY: Final = 33 << 20
# Pushes are passed on as they come.
_LARGEST_PUSH: Final = 1 << 30
_LARGEST_JSON: Final = 1 << 20
_REQUEST_ID: Final = re.compile(r"[\w.-]{1,64}")
_PREFLIGHT_SECONDS: Final = 600


class _Request(Request):
    """Quart's, with its limits on bodies by path: a stranger's request must not fill the memory, nor take for ever."""

    def __init__(self, method: str, scheme: str, path: str, *given: Any, **named: Any) -> None:  # noqa: ANN401 (Quart's)
        super().__init__(method, scheme, path, *given, **(named | _limits(path)))


def _limits(path: str) -> dict[str, int]:
    """Of a body: bytes, and seconds until it must be there."""
    if path.startswith("/gateway/"):
        return {"max_content_length": _LARGEST_PUSH if "/git/" in path else _LARGEST_BODY, "body_timeout": 600}
    if path == "/api/commands":
        return {"max_content_length": _LARGEST_BODY, "body_timeout": 120}
    return {"max_content_length": _LARGEST_JSON if path.startswith("/api/") else _LARGEST_BODY, "body_timeout": 10}


def create_app(
    routes: Sequence[Blueprint],
    callers: Callers | None = None,
    *,
    version: str = "0",
    origins: frozenset[str] = frozenset(),
) -> Quart:
    """Put the routes together, those below ``/api/`` guarded by ``callers``. Pages from ``origins`` may use them."""
    app = Quart(__name__, template_folder="web", static_folder="web/static", static_url_path="/static")
    app.request_class = _Request
    description = describe(app, version)
    for blueprint in routes:
        app.register_blueprint(blueprint)
    add_problem_handlers(app)
    _name_requests(app)
    _let_pages_in(app, origins)
    if callers is not None:
        callers.guard(app)
    app.after_request(_spare_what_is_known)
    app.after_request(add_security_headers)

    @app.get("/docs")
    async def docs() -> str:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        return await render_template("docs.html", api=description.openapi_provider.schema())

    return app


def _name_requests(app: Quart) -> None:
    """Every request has a name, which its log lines and its answer bear."""

    @app.before_request
    async def name() -> None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        offered = request.headers.get("X-Request-Id", "")
        g.request_id = offered if _REQUEST_ID.fullmatch(offered) else uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    async def show(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if response.status_code == HTTPStatus.NO_CONTENT:
            response.headers.pop("Content-Type", None)
        allowance = g.get("allowance")
        if isinstance(allowance, Allowance):
            allowance.note(response)
        return response


def _let_pages_in(app: Quart, origins: frozenset[str]) -> None:
    """Cross-origin requests of these pages, with tokens and without cookies."""
    if not origins:
        return

    @app.before_request
    async def answer_preflight() -> Response | None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return Response(status=HTTPStatus.NO_CONTENT) if asks else None

    @app.after_request
    async def allow(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        origin = request.headers.get("Origin", "")
        response.headers.add("Vary", "Origin")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "ETag, Location, RateLimit, Retry-After, X-Request-Id"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH, DELETE"
                response.headers["Access-Control-Allow-Headers"] = (
                    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID"
                )
                response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
        return response


async def _spare_what_is_known(response: Response) -> Response:
    """Whoever looks again and again is sent an answer only when it is another one."""
    if request.method == "GET" and response.status_code == HTTPStatus.OK and request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-cache")
        if response.mimetype == "application/json":
            await response.add_etag()
            await response.make_conditional(request)
    return response
