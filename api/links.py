"""``/api/links``: a code by which another channel's account becomes this person's."""

import secrets
from datetime import timedelta
from typing import Final

from quart import Blueprint, ResponseReturnValue, abort

from api.auth import LOCAL_USER, LocalSignIn
from core.agents.directory import hash_code
from core.model.messages import Channel
from core.model.people import Identity, Person
from core.store.database import Database, Transaction

# Neither 0 and O nor 1, I and L: a code is read off a screen and typed into a phone.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH: Final = 10
_GOOD_FOR: Final = timedelta(minutes=10)


def link_routes(sign_in: LocalSignIn, database: Database) -> Blueprint:
    """The channels that know whoever is signed in, and codes for linking more."""
    routes = Blueprint("links", __name__, url_prefix="/api/links")

    async def who(tx: Transaction) -> Person:
        person = await tx.people.who_is(Identity(Channel.APP, LOCAL_USER))
        return person or abort(404, "Nobody is signed in on this computer.")

    @routes.get("")
    async def linked() -> ResponseReturnValue:
        sign_in.require()
        async with database.transaction() as tx:
            return {"channels": await tx.people.channels_of((await who(tx)).id)}

    @routes.post("")
    async def offer() -> ResponseReturnValue:
        sign_in.require()
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        async with database.transaction() as tx:
            person = await who(tx)
            await tx.people.offer_code(hash_code(code), person.id, _GOOD_FOR)
        return {"code": code, "goodForSeconds": round(_GOOD_FOR.total_seconds())}, 201

    return routes
