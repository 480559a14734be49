"""Access tokens that live for minutes, signed, not stored: the session in them is, and ends them with it."""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import jwt
from pydantic import SecretStr

_ALGORITHM: Final = "HS256"
_AUDIENCE: Final = "cadence-api"
REFRESH_FOR: Final = timedelta(days=30)
_REFRESH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SessionTokens:
    """``key`` is the installation's; ``seconds`` is how long an access token is good."""

    key: SecretStr
    seconds: int = 900

    def access(self, session_id: UUID) -> str:
        """A token for the next minutes of a session."""
        now = int(time.time())
        claims: dict[str, Any] = {"sid": str(session_id), "aud": _AUDIENCE, "iat": now, "exp": now + self.seconds}
        return jwt.encode(claims, self.key.get_secret_value(), algorithm=_ALGORITHM)

    def session_of(self, token: str) -> UUID | None:
        """The session that a token belongs to; None for what is no token of ours, or one that has run out."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self.key.get_secret_value(),
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sid"]},
            )
            return UUID(str(claims["sid"]))
        except (jwt.InvalidTokenError, ValueError):
            return None


def new_refresh_token() -> str:
    """What a device keeps to get its next access token; another one each time."""
    return secrets.token_urlsafe(_REFRESH_BYTES)
