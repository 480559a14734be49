"""Where platforms deliver to when we have a public address. The channel checks the signature before anything else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from pydantic import SecretStr, TypeAdapter, ValidationError
from quart import Blueprint, Response, ResponseReturnValue, request
from werkzeug.datastructures import Headers

from core.agents.directory import RepoShelf
from core.github.webhooks import signed_by_github
from core.store.database import Database

TelegramWebhook = Callable[[bytes, str | None], Awaitable[int]]
_PAYLOAD: Final[TypeAdapter[dict[str, Any]]] = TypeAdapter(dict[str, Any])
_ABOUT_REPOS: Final = frozenset({"repository", "installation", "installation_repositories", "member"})
_KEPT: Final = frozenset(
    {"check_run", "check_suite", "workflow_run", "pull_request", "pull_request_review", "issue_comment", "push"}
)


@dataclass(frozen=True, slots=True)
class GitHubWebhook:
    """Takes GitHub's deliveries in; what they mean is found out later, and may be found out again.

    ``shelf`` is what this process knows of its repositories.
    """

    secret: SecretStr
    database: Database
    shelf: RepoShelf

    async def accept(self, body: bytes, headers: Headers) -> int:
        """The status to answer: 202 once the delivery is written down, also when it had been before."""
        if not signed_by_github(self.secret.get_secret_value(), body, headers.get("X-Hub-Signature-256")):
            return HTTPStatus.UNAUTHORIZED
        event, key = headers.get("X-GitHub-Event", ""), headers.get("X-GitHub-Delivery", "")
        if event in _ABOUT_REPOS:
            self.shelf.forget()
        if event not in _KEPT:
            return HTTPStatus.ACCEPTED
        try:
            # Postgres keeps every character but NUL.
            payload = _PAYLOAD.validate_json(body.replace(b"\\u0000", b"\\ufffd"))
        except ValidationError:
            return HTTPStatus.BAD_REQUEST
        if not key:
            return HTTPStatus.BAD_REQUEST
        async with self.database.transaction() as tx:
            await tx.deliveries.accept(key, event, payload)
        return HTTPStatus.ACCEPTED


def webhook_routes(telegram: TelegramWebhook | None, github: GitHubWebhook | None = None) -> Blueprint:
    """The webhooks of the channels that are connected."""
    routes = Blueprint("webhooks", __name__, url_prefix="/webhooks")

    if telegram is not None:

        @routes.post("/telegram")
        async def receive_telegram() -> ResponseReturnValue:
            body = await request.get_data(cache=False, as_text=False, parse_form_data=False)
            return Response(status=await telegram(body, request.headers.get("X-Telegram-Bot-Api-Secret-Token")))

    if github is not None:

        @routes.post("/github")
        async def receive_github() -> ResponseReturnValue:
            body = await request.get_data(cache=False, as_text=False, parse_form_data=False)
            return Response(status=await github.accept(body, request.headers))

    return routes
