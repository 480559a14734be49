"""The web application: every route there is, each a closure over what it needs."""

import json
from collections.abc import Sequence
from typing import Any, Final

from quart import Blueprint, Quart, Request, Response
from werkzeug.exceptions import HTTPException

from api.auth import add_security_headers

# A conversation with the model is the largest request that we hold in memory; routes that take less check themselves.
_LARGEST_BODY: Final = 33 << 20
# Pushes are passed on as they come.
_LARGEST_PUSH: Final = 1 << 30


class _Request(Request):
    """Quart's, with its limit on bodies by path: a stranger's request must not fill the memory."""

    def __init__(self, method: str, scheme: str, path: str, *given: Any, **named: Any) -> None:  # noqa: ANN401 (Quart's)
        limit = _LARGEST_PUSH if path.startswith("/gateway/git/") else _LARGEST_BODY
        super().__init__(method, scheme, path, *given, **(named | {"max_content_length": limit}))


def create_app(routes: Sequence[Blueprint]) -> Quart:
    """Put the routes together. Errors are problem details (RFC 9457) with a sentence that helps."""
    app = Quart(__name__, template_folder="web", static_folder="web/static", static_url_path="/static")
    app.request_class = _Request
    app.config["BODY_TIMEOUT"] = 600
    for blueprint in routes:
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _problem)
    app.after_request(add_security_headers)
    return app


async def _problem(error: HTTPException) -> Response:
    status = error.code or 500
    body = {"type": "about:blank", "title": error.name, "status": status, "detail": error.description}
    response = Response(json.dumps(body), status=status, content_type="application/problem+json")
    # A 405 names the methods that are allowed.
    response.headers.extend((name, value) for name, value in error.get_headers() if name.lower() != "content-type")
    return response
