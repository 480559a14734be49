"""``/api/links``: which accounts in other channels are this person's, and codes by which others become it."""

import secrets
from datetime import timedelta
from typing import Final

from pydantic import Field
from quart import Blueprint, abort

from api.callers import signed_in, the_caller
from api.contract import TEXT, Answer, View, Wanted, about, answers, takes
from core.agents.directory import hash_code
from core.model.messages import Channel
from core.model.people import Identity
from core.store.database import Database

# Neither 0 and O nor 1, I and L: a code is read off a screen and typed into a phone.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH: Final = 10
_GOOD_FOR: Final = timedelta(minutes=10)


class IdentityView(View):
    """An account in a channel that is this person's."""

    channel: Channel
    external_id: str


class Links(View):
    """Where one is known. ``channels`` names each channel once."""

    channels: list[str]
    identities: list[IdentityView]


class CodeView(View):
    """A code that links whoever sends it to the bot."""

    code: str
    good_for_seconds: int


class Unlinked(Wanted):
    """The account that shall not be one's own any more."""

    channel: Channel
    external_id: str = Field(max_length=200, pattern=TEXT)


def link_routes(database: Database) -> Blueprint:
    """The accounts of whoever is signed in."""
    routes = Blueprint("links", __name__, url_prefix="/api/links")

    @routes.get("")
    @answers(Links)
    @about("Links")
    async def linked() -> Answer:
        """List the accounts that are yours."""
        caller = the_caller()
        async with database.transaction() as tx:
            identities = await tx.people.identities(caller.person.id)
        return Links(
            channels=sorted({identity.channel for identity in identities}),
            identities=[IdentityView.of(identity) for identity in identities],
        )

    @routes.post("")
    @answers(CodeView, 201)
    @about("Links")
    async def offer() -> Answer:
        """Get a code: whoever sends it to the bot within ten minutes is you."""
        caller = signed_in()
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        async with database.transaction() as tx:
            await tx.people.offer_code(hash_code(code), caller.person.id, _GOOD_FOR)
        return CodeView(code=code, good_for_seconds=round(_GOOD_FOR.total_seconds())), 201

    @routes.delete("")
    @takes(Unlinked)
    @about("Links")
    async def unlink(data: Unlinked) -> tuple[str, int]:
        """Unlink an account: it is a stranger's from now on."""
        caller = signed_in()
        if data.channel is Channel.APP:
            abort(409, "This is how you are signed in here. Sign out instead.")
        async with database.transaction() as tx:
            if not await tx.people.unlink(Identity(data.channel, data.external_id), caller.person.id):
                abort(404, "You have no such account.")
        return "", 204

    return routes
