"""``/api/auth``: sign in with GitHub (OAuth with state and PKCE), stay signed in, and sign out everywhere."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from pydantic import Field
from quart import Blueprint, abort, request
from werkzeug.datastructures import Headers
from werkzeug.http import dump_cookie

from api.auth import HERE_COOKIE, LOCAL_COOKIE
from api.callers import ACCESS_COOKIE, hash_of, signed_in
from api.contract import Answer, View, Wanted, about, answers, takes
from api.github_oauth import Account, GitHubOAuth
from api.sessions import REFRESH_FOR, SessionTokens, new_refresh_token
from api.views import PersonView
from core.model.people import Person
from core.store.database import Database, Transaction
from core.vault import Vault

_log = structlog.get_logger(__name__)
_REFRESH_COOKIE: Final = "cadence_refresh"
_COOKIE: Final = "cadence_sign_in"
_GOOD_FOR: Final = timedelta(minutes=10)


class Begun(View):
    """Where to send the browser. GitHub brings ``state`` back with its code."""

    authorize_url: str
    state: str


class Callback(Wanted):
    """What GitHub has brought back."""

    code: str = Field(min_length=1, max_length=500)
    state: str = Field(min_length=1, max_length=200)


class Refresh(Wanted):
    """The refresh token of a session. A browser leaves it out: its cookie holds it."""

    refresh_token: str | None = Field(default=None, min_length=1, max_length=200)


class SessionView(View):
    """A session: send ``accessToken`` as a bearer, and trade ``refreshToken`` for the next pair before it runs out.

    A page of ours gets both as cookies, which no script can read, and nulls here.
    """

    access_token: str | None
    refresh_token: str | None
    token_type: str = "Bearer"  # noqa: S105 (no secret)
    expires_in: int
    person: PersonView


def sign_in_routes(database: Database, tokens: SessionTokens, github: GitHubOAuth | None, vault: Vault) -> Blueprint:
    """The way in."""
    routes = Blueprint("sign_in", __name__, url_prefix="/api/auth")

    def connected() -> GitHubOAuth:
        return github or abort(
            503, "Signing in with GitHub is not set up here: set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET."
        )

    @routes.get("/github")
    @answers(Begun)
    @about("Signing in")
    async def begin() -> Answer:
        """Begin to sign in with GitHub."""
        oauth = connected()
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        async with database.transaction() as tx:
            await tx.access.begin_sign_in(hash_of(state), verifier, _GOOD_FOR)
        begun = Begun(authorize_url=oauth.authorize_url(state, verifier), state=state)
        return begun, 200, {"Set-Cookie": _cookie(_COOKIE, state, _GOOD_FOR, path="/api/auth")}

    @routes.post("/github")
    @takes(Callback)
    @answers(SessionView)
    @about("Signing in")
    async def finish(data: Callback) -> Answer:
        """Trade GitHub's code for a session. Each state is good once, for ten minutes."""
        oauth = connected()
        if _is_our_page() and request.cookies.get(_COOKIE) != data.state:
            # Somebody may have sent this browser here with a code of their own. Other programs compare the state.
            abort(401, "That sign-in was begun elsewhere. Begin again here.")
        async with database.transaction() as tx:
            verifier = await tx.access.finish_sign_in(hash_of(data.state))
        if verifier is None:
            abort(401, "That sign-in was not begun here, or too long ago. Begin again.")
        token = await oauth.token(data.code, verifier)
        if token is None:
            abort(401, "GitHub does not accept that code. Begin again.")
        account = await oauth.account(token)
        if not oauth.lets_in(account.login):
            _log.warning("sign_in_refused", login=account.login)
            abort(403, "This Cadence is not open to your GitHub account. Ask whoever runs it.")
        session_id, refresh = uuid4(), new_refresh_token()
        async with database.transaction() as tx:
            person = await _known(tx, account)
            await tx.access.keep_github(person.id, account.id, account.login, vault.close(token))
            await tx.access.begin_session(session_id, person.id, hash_of(refresh), REFRESH_FOR)
        return _session(tokens, session_id, refresh, person)

    @routes.post("/refresh")
    @takes(Refresh)
    @answers(SessionView)
    @about("Signing in")
    async def refresh(data: Refresh) -> Answer:
        """Trade a refresh token for the next pair. One that comes a second time was stolen, and ends the session."""
        following = new_refresh_token()
        spent = data.refresh_token or (request.cookies.get(_REFRESH_COOKIE) if _is_our_page() else None)
        if spent is None:
            abort(401, "You are not signed in.")
        async with database.transaction() as tx:
            found = await tx.access.refresh(hash_of(spent), hash_of(following), REFRESH_FOR)
            person = None if found is None else await tx.people.get(found.person_id)
        if found is None or person is None:
            abort(401, "That session has ended. Sign in again.")
        return _session(tokens, found.id, following, person)

    @routes.post("/sign-out")
    @about("Signing in")
    async def sign_out() -> tuple[str, int, Headers]:
        """Sign out everywhere. Tokens for programs stay: revoke them one by one."""
        caller = signed_in()
        async with database.transaction() as tx:
            await tx.access.end_sessions(caller.person.id)
        return "", 204, _no_cookies()

    return routes


def _session(tokens: SessionTokens, session_id: UUID, refresh: str, person: Person) -> Answer:
    access, shown = tokens.access(session_id), PersonView.of(person)
    if not _is_our_page():
        return SessionView(access_token=access, refresh_token=refresh, expires_in=tokens.seconds, person=shown)
    view = SessionView(access_token=None, refresh_token=None, expires_in=tokens.seconds, person=shown)
    cookies = Headers()
    cookies.add("Set-Cookie", _cookie(ACCESS_COOKIE, access, timedelta(seconds=tokens.seconds), path="/"))
    cookies.add("Set-Cookie", _cookie(_REFRESH_COOKIE, refresh, REFRESH_FOR, path="/api/auth"))
    cookies.add("Set-Cookie", _cookie(HERE_COOKIE, "yes", REFRESH_FOR, path="/", secret=False))
    return view, 200, cookies


def _no_cookies() -> Headers:
    """What makes a browser forget that it was signed in, in whichever way."""
    paths = {ACCESS_COOKIE: "/", LOCAL_COOKIE: "/", HERE_COOKIE: "/", _REFRESH_COOKIE: "/api/auth"}
    cookies = Headers()
    for name, path in paths.items():
        cookies.add("Set-Cookie", _cookie(name, "", timedelta(0), path=path))
    return cookies


def _is_our_page() -> bool:
    """Browsers say so, and no page can have them say it of another."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _cookie(name: str, value: str, good_for: timedelta, *, path: str, secret: bool = True) -> str:
    return dump_cookie(name, value, good_for, path=path, secure=request.is_secure, httponly=secret, samesite="Strict")


async def _known(tx: Transaction, account: Account) -> Person:
    """The person behind an account, who begins to exist when they sign in for the first time."""
    known = await tx.access.of_github(account.id)
    person = None if known is None else await tx.people.get(known)
    if person is None:
        person = Person(uuid4(), account.name or account.login)
        await tx.people.add(person)
    return person
