"""Run tokens: good for one leg of one agent, checked without being stored."""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from pydantic import SecretStr

_PREFIX = "cadrun"


@dataclass(frozen=True, slots=True)
class RunClaim:
    """What a genuine token says. Whether the leg is still the current one is for the database to say."""

    agent_id: UUID
    leg: int


@dataclass(frozen=True, slots=True)
class RunTokens:
    """Issues and reads run tokens with the installation's secret key."""

    key: SecretStr

    def issue(self, agent_id: UUID, leg: int) -> str:
        """The token for one leg of an agent."""
        claim = f"{_PREFIX}_{agent_id.hex}_{leg}"
        return f"{claim}_{self._sign(claim)}"

    def read(self, token: str) -> RunClaim | None:
        """The claim of a token that we issued; None for any other string."""
        claim, _, signature = token.rpartition("_")
        if not hmac.compare_digest(signature.encode(), self._sign(claim).encode()):
            return None
        _, agent_id, leg = claim.split("_")
        return RunClaim(UUID(agent_id), int(leg))

    def _sign(self, claim: str) -> str:
        return hmac.new(self.key.get_secret_value().encode(), claim.encode(), hashlib.sha256).hexdigest()


def hash_token(token: str) -> bytes:
    """Machine tokens are random and long, so their plain digest is what is stored."""
    return hashlib.sha256(token.encode()).digest()
