"""Errors as problem details (RFC 9457): what went wrong, with a sentence that helps."""

import json
from collections.abc import Iterable
from typing import Final

import structlog
from pydantic import BaseModel, ValidationError
from quart import Quart, Response, g
from quart_schema import RequestSchemaValidationError
from werkzeug.exceptions import HTTPException

from core.model.errors import DatabaseUnavailable, ProviderError, Refusal

_log = structlog.get_logger(__name__)
MEDIA_TYPE: Final = "application/problem+json"
_MOST_NAMED: Final = 5


class Problem(BaseModel):
    """What every answer that is no success looks like. ``requestId`` is what to name when asking for help."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    requestId: str | None = None  # noqa: N815 (as it is sent)


def add_problem_handlers(app: Quart) -> None:
    """Have every error of a request answered in this form."""
    app.register_error_handler(RequestSchemaValidationError, _wrong_shape)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(ProviderError, _unavailable)
    app.register_error_handler(DatabaseUnavailable, _unavailable)


def problem(status: int, title: str, detail: str, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """The answer to a request that has failed."""
    shown = Problem(title=title, status=status, detail=detail, requestId=g.get("request_id"))
    body = json.dumps(shown.model_dump(exclude_none=True))
    response = Response(body, status=status, content_type=MEDIA_TYPE)
    response.headers.extend(headers)
    return response


def what_is_wrong(error: ValidationError) -> str:
    """In a line, for whoever has sent it."""
    wrong = error.errors(include_url=False, include_input=False)[:_MOST_NAMED]
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the body'}: {each['msg']}" for each in wrong)


async def _http(error: HTTPException) -> Response:
    # A 405 names the methods that are allowed, a 429 when to come back.
    kept = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    return problem(error.code or 500, error.name, error.description or error.name, kept)


async def _wrong_shape(error: RequestSchemaValidationError) -> Response:
    cause = error.validation_error
    if not isinstance(cause, ValidationError):
        return problem(400, "Bad Request", "Send what the description of this request asks for: see /docs.")
    return problem(400, "Bad Request", what_is_wrong(cause))


async def _refused(refusal: Refusal) -> Response:
    return problem(409, "Conflict", str(refusal))


async def _unavailable(error: ProviderError | DatabaseUnavailable) -> Response:
    _log.warning("unavailable", error=str(error))
    return problem(
        503,
        "Service Unavailable",
        "Something that Cadence needs does not answer just now. Try again.",
        [("Retry-After", "5")],
    )
