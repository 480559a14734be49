"""``/api/auth``: sign in with GitHub (OAuth with state and PKCE), stay signed in, and sign out everywhere."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import structlog
from pydantic import BaseModel, Field, SecretStr, ValidationError
from quart import Blueprint, abort, request
from werkzeug.http import dump_cookie

from api.callers import hash_of, signed_in
from api.contract import Answer, View, Wanted, about, answers, takes
from api.sessions import REFRESH_FOR, SessionTokens, new_refresh_token
from api.views import PersonView
from core.model.errors import ProviderError
from core.model.people import Person
from core.store.database import Database, Transaction
from core.vault import Vault

_log = structlog.get_logger(__name__)
_COOKIE: Final = "cadence_sign_in"
_GOOD_FOR: Final = timedelta(minutes=10)
# What opening pull requests in somebody's name takes.
_SCOPE: Final = "repo read:user"


class _Granted(BaseModel):
    access_token: str = ""
    error: str = ""


class _Account(BaseModel):
    id: int
    login: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class GitHubOAuth:
    """An OAuth app at GitHub. Only the accounts in ``open_to`` may sign in: these, or ``*`` for everybody.

    ``http`` reaches GitHub; the other side decides nothing but who somebody is.
    """

    http: httpx.AsyncClient
    url: str
    api_url: str
    client_id: str
    client_secret: SecretStr
    open_to: frozenset[str]

    def authorize_url(self, state: str, verifier: str) -> str:
        """Where to send the person's browser."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "client_id": self.client_id,
            "state": state,
            "scope": _SCOPE,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.url.rstrip('/')}/login/oauth/authorize?{urlencode(query)}"

    async def token(self, code: str, verifier: str) -> str | None:
        """The person's token for a code that GitHub has given them; None when the code is no good."""
        sent = {
            "client_id": self.client_id,
            "client_secret": self.client_secret.get_secret_value(),
            "code": code,
            "code_verifier": verifier,
        }
        answer = await self._ask("POST", f"{self.url.rstrip('/')}/login/oauth/access_token", None, sent)
        try:
            return _Granted.model_validate_json(answer.content).access_token or None
        except ValidationError as error:
            raise ProviderError("GitHub answered with something else than a token.") from error

    async def account(self, token: str) -> _Account:
        """Whose token it is."""
        answer = await self._ask("GET", f"{self.api_url.rstrip('/')}/user", token, None)
        try:
            return _Account.model_validate_json(answer.content)
        except ValidationError as error:
            raise ProviderError("GitHub does not say whose token that is.") from error

    def lets_in(self, login: str) -> bool:
        """Whether an account may use this installation at all."""
        return "*" in self.open_to or login.lower() in self.open_to

    async def _ask(self, method: str, url: str, token: str | None, form: dict[str, str] | None) -> httpx.Response:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            answer = await self.http.request(method, url, headers=headers, data=form, timeout=20)
            return answer.raise_for_status()
        except httpx.HTTPError as error:
            raise ProviderError("GitHub does not answer just now.") from error


class Begun(View):
    """Where to send the browser. GitHub brings ``state`` back with its code."""

    authorize_url: str
    state: str


class Callback(Wanted):
    """What GitHub has brought back."""

    code: str = Field(min_length=1, max_length=500)
    state: str = Field(min_length=1, max_length=200)


class Refresh(Wanted):
    """The refresh token of a session."""

    refresh_token: str = Field(min_length=1, max_length=200)


class SessionView(View):
    """A session: send ``accessToken`` as a bearer, and trade ``refreshToken`` for the next pair before it runs out."""

    access_token: str
    refresh_token: str
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

    def session(session_id: UUID, refresh: str, person: Person) -> SessionView:
        return SessionView(
            access_token=tokens.access(session_id),
            refresh_token=refresh,
            expires_in=tokens.seconds,
            person=PersonView.of(person),
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
        bound = dump_cookie(
            _COOKIE, state, _GOOD_FOR, path="/api/auth", secure=request.is_secure, httponly=True, samesite="Strict"
        )
        return begun, 200, {"Set-Cookie": bound}

    @routes.post("/github")
    @takes(Callback)
    @answers(SessionView)
    @about("Signing in")
    async def finish(data: Callback) -> Answer:
        """Trade GitHub's code for a session. Each state is good once, for ten minutes."""
        oauth = connected()
        if request.headers.get("Sec-Fetch-Site") == "same-origin" and request.cookies.get(_COOKIE) != data.state:
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
        return session(session_id, refresh, person)

    @routes.post("/refresh")
    @takes(Refresh)
    @answers(SessionView)
    @about("Signing in")
    async def refresh(data: Refresh) -> Answer:
        """Trade a refresh token for the next pair. One that comes a second time was stolen, and ends the session."""
        following = new_refresh_token()
        async with database.transaction() as tx:
            found = await tx.access.refresh(hash_of(data.refresh_token), hash_of(following), REFRESH_FOR)
            person = None if found is None else await tx.people.get(found.person_id)
        if found is None or person is None:
            abort(401, "That session has ended. Sign in again.")
        return session(found.id, following, person)

    @routes.post("/sign-out")
    @about("Signing in")
    async def sign_out() -> tuple[str, int]:
        """Sign out everywhere. Tokens for programs stay: revoke them one by one."""
        caller = signed_in()
        async with database.transaction() as tx:
            await tx.access.end_sessions(caller.person.id)
        return "", 204

    return routes


async def _known(tx: Transaction, account: _Account) -> Person:
    """The person behind an account, who begins to exist when they sign in for the first time."""
    known = await tx.access.of_github(account.id)
    person = None if known is None else await tx.people.get(known)
    if person is None:
        person = Person(uuid4(), account.name or account.login)
        await tx.people.add(person)
    return person
