"""Run tokens: good for one leg of one agent and for a while, checked without being stored."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import SecretStr

_PREFIX: Final = "cadrun"
_LIFE_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class RunClaim:
    """What a genuine token says. Whether the leg is still the current one is for the database to say."""

    agent_id: UUID
    leg: int


@dataclass(frozen=True, slots=True)
class RunTokens:
    """Issues and reads run tokens with the installation's secret key.

    A token that somebody gets hold of is soon worth nothing; a run that lasts longer is given new ones.
    """

    key: SecretStr
    life: float = _LIFE_SECONDS
    clock: Callable[[], float] = time.time

    def issue(self, agent_id: UUID, leg: int) -> str:
        """The token for one leg of an agent, good for ``life`` seconds from now."""
        claim = f"{_PREFIX}_{agent_id.hex}_{leg}_{round(self.clock() + self.life)}"
        return f"{claim}_{self._sign(claim)}"

    def read(self, token: str) -> RunClaim | None:
        """The claim of a token that we issued and that is still good; None for any other string."""
        claim, _, signature = token.rpartition("_")
        if not hmac.compare_digest(signature.encode(), self._sign(claim).encode()):
            return None
        match claim.split("_"):
            case [_, agent_id, leg, until] if self.clock() < int(until):
                return RunClaim(UUID(agent_id), int(leg))
            case _:
                return None

    def _sign(self, claim: str) -> str:
        return hmac.new(self.key.get_secret_value().encode(), claim.encode(), hashlib.sha256).hexdigest()


def enrolment_token(key: SecretStr, machine_id: UUID) -> str:
    """What a server enrols with: the same whenever it is asked for, so nobody has to store it to ask twice."""
    claim = f"cadenrol_{machine_id.hex}"
    return f"{claim}_{hmac.new(key.get_secret_value().encode(), claim.encode(), hashlib.sha256).hexdigest()}"


def hash_token(token: str) -> bytes:
    """Machine tokens are random and long, so their plain digest is what is stored."""
    return hashlib.sha256(token.encode()).digest()
