"""Who is calling the API, and what they may do: by the local link, a key of their own, or a session."""

import hashlib
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

from quart import Quart, abort, g, request

from api.auth import LOCAL, LocalSignIn
from api.contract import OPEN_TO_ALL
from api.limits import RateLimit
from api.sessions import SessionTokens
from core.model.people import Person
from core.store.access import Scope
from core.store.database import Database, Transaction

KEY_PREFIX: Final = "cad_"
ACCESS_COOKIE: Final = "cadence_access"
_READS: Final = frozenset({"GET", "HEAD"})
_HELP: Final = "Sign in, open the link that `cadence up` printed, or send a token as a bearer."


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may ask. ``grant`` is their token or session: what it opened is shut when it ends.

    ``scope`` is of a token for programs; None is the person themselves, signed in.
    """

    person: Person
    grant: UUID | None = None
    scope: Scope | None = None

    @property
    def sender(self) -> str:
        """How the app's channel knows them, however they have signed in."""
        return str(self.person.id)


def the_caller() -> Caller:
    """Whoever asks: nobody else's request comes as far as a route."""
    return g.caller


def signed_in() -> Caller:
    """The person themselves. Aborts with 403 for a token: a stolen one must not outlive itself."""
    caller = the_caller()
    if caller.scope is not None:
        abort(403, "A token may not do this. Sign in yourself.")
    return caller


def hash_of(secret: str) -> bytes:
    """Keys and refresh tokens are kept by their hash only; they are long and random, so one round is enough."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Callers:
    """Deny by default: a request without a good token is nobody's.

    ``limit`` is how often a person may ask, ``strangers`` how often an address may without being known.
    """

    local: LocalSignIn
    database: Database
    sessions: SessionTokens
    limit: RateLimit | None = None
    strangers: RateLimit | None = None

    def guard(self, app: Quart) -> None:
        """Let nobody else in, before anything of what they send is read."""

        @app.before_request
        async def admit() -> None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
            if not request.path.startswith("/api/"):
                return
            if request.path in OPEN_TO_ALL:
                await self._count_stranger()
            else:
                g.caller = await self._require()

    async def _require(self) -> Caller:
        """Whoever asks. Aborts with 401 for nobody, 403 for what they may not do, and 429 when they ask too often."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        caller = await (self._by_bearer(bearer) if scheme.lower() == "bearer" else self._by_cookie())
        if caller.scope == "read" and request.method not in _READS:
            abort(403, "This token may only read. Make one that may write.")
        if self.limit is not None:
            g.allowance = await self.limit.spend(str(caller.person.id))
        return caller

    async def _by_bearer(self, token: str) -> Caller:
        if self.local.knows(token):
            return await self._local()
        caller = await (self._by_key(token) if token.startswith(KEY_PREFIX) else self._by_session(token))
        return caller or await self._turn_away()

    async def _by_key(self, token: str) -> Caller | None:
        async with self.database.transaction() as tx:
            key = await tx.access.token_used(hash_of(token))
            return key and Caller(await _person(tx, key.person_id), key.id, key.scope)

    async def _by_cookie(self) -> Caller:
        local = self.local.knows_cookie()
        caller = None if local else await self._by_session(request.cookies.get(ACCESS_COOKIE, ""))
        if not local and caller is None:
            return await self._turn_away()
        if request.method not in _READS and not _from_our_page():
            abort(403, "A page of somebody else's may not do this in your name.")
        return caller or await self._local()

    async def _by_session(self, token: str) -> Caller | None:
        session_id = self.sessions.session_of(token)
        if session_id is None:
            return None
        async with self.database.transaction() as tx:
            session = await tx.access.session(session_id)
            return session and Caller(await _person(tx, session.person_id), session.id)

    async def _count_stranger(self) -> None:
        """Count a request by somebody who is not known. Aborts with 429 when their address asks too often."""
        if self.strangers is not None:
            g.allowance = await self.strangers.spend(request.remote_addr or "nowhere")

    async def _turn_away(self) -> NoReturn:
        await self._count_stranger()
        abort(401, _HELP)

    async def _local(self) -> Caller:
        async with self.database.transaction() as tx:
            person = await tx.people.who_is(LOCAL)
        return Caller(person or abort(404, "Nobody is signed in on this computer."))


async def _person(tx: Transaction, person_id: UUID) -> Person:
    return await tx.people.get(person_id) or abort(401, _HELP)


def _from_our_page() -> bool:
    """Browsers say where a request comes from; whoever says nothing is no browser."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or urlsplit(origin).netloc == request.host
