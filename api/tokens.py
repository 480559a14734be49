"""``/api/tokens``: keys for one's own programs, shown once and kept by their hash."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID, uuid4

from pydantic import Field
from quart import Blueprint, abort

from api.callers import KEY_PREFIX, hash_of, signed_in, the_caller
from api.contract import TEXT, WHOLE, Answer, View, Wanted, about, answers, takes
from core.store.access import Scope
from core.store.database import Database

_BYTES: Final = 32
_MOST: Final = 50


class NewToken(Wanted):
    """A key to be made. Without ``days`` it is good until it is revoked."""

    name: str = Field(min_length=1, max_length=100, pattern=TEXT)
    scope: Scope = "read"
    days: Annotated[int, Field(ge=1, le=3650), WHOLE] | None = None


class TokenView(View):
    """A key, without what opens the door."""

    id: UUID
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class MadeToken(TokenView):
    """A key that was just made. ``token`` is shown this once."""

    token: str = ""


class Tokens(View):
    """All of one's keys, newest first."""

    tokens: list[TokenView]


def token_routes(database: Database) -> Blueprint:
    """The caller's own keys."""
    routes = Blueprint("tokens", __name__, url_prefix="/api/tokens")

    @routes.get("")
    @answers(Tokens)
    @about("Tokens")
    async def every() -> Answer:
        """List your tokens."""
        caller = the_caller()
        async with database.transaction() as tx:
            return Tokens(tokens=[TokenView.of(token) for token in await tx.access.tokens(caller.person.id)])

    @routes.post("")
    @takes(NewToken)
    @answers(MadeToken, 201)
    @about("Tokens")
    async def make(data: NewToken) -> Answer:
        """Make a token. It is shown this once."""
        caller = signed_in()
        secret = f"{KEY_PREFIX}{secrets.token_urlsafe(_BYTES)}"
        good_for = None if data.days is None else timedelta(days=data.days)
        async with database.transaction() as tx:
            await tx.people.hold(caller.person.id)
            if len(await tx.access.tokens(caller.person.id)) >= _MOST:
                abort(409, f"You have {_MOST} tokens already. Revoke one that you do not need.")
            made = await tx.access.make_token(
                uuid4(), caller.person.id, hash_of(secret), name=data.name, scope=data.scope, good_for=good_for
            )
        return MadeToken.of(made).model_copy(update={"token": secret}), 201

    @routes.delete("/<uuid:token_id>")
    @about("Tokens")
    async def revoke(token_id: UUID) -> tuple[str, int]:
        """Revoke a token: it opens nothing any more."""
        caller = signed_in()
        async with database.transaction() as tx:
            if not await tx.access.revoke_token(caller.person.id, token_id):
                abort(404, "You have no such token.")
        return "", 204

    return routes
