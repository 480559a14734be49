"""GitHub's side of signing in: an OAuth app's, or a GitHub App's own."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from core.model.errors import ProviderError

# What opening pull requests in somebody's name takes.
_SCOPE: Final = "repo read:user"


class _Granted(BaseModel):
    access_token: str = ""
    error: str = ""


class Account(BaseModel):
    """Somebody's account."""

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

    async def account(self, token: str) -> Account:
        """Whose token it is."""
        answer = await self._ask("GET", f"{self.api_url.rstrip('/')}/user", token, None)
        try:
            return Account.model_validate_json(answer.content)
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
