"""Secrets of others that have to be used again, such as people's tokens for GitHub: kept encrypted.

The key comes from the installation's. When that is changed, the old one is needed for one start: then what it has
closed is closed anew.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from core.model.errors import Refusal

_log = structlog.get_logger(__name__)
_KEY_BYTES: Final = 32
_PURPOSE: Final = b"cadence vault 1"


@dataclass(frozen=True, slots=True)
class Vault:
    """Closes with the first of its ``keys`` and opens with any."""

    keys: Sequence[SecretStr]
    _fernet: MultiFernet = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_fernet", MultiFernet([Fernet(_derived(key)) for key in self.keys]))

    def close(self, secret: str) -> bytes:
        """The secret as it may be kept."""
        return self._fernet.encrypt(secret.encode())

    def open(self, closed: bytes) -> str:
        """The secret. Raises Refusal when it was closed with a key that is gone."""
        try:
            return self._fernet.decrypt(closed).decode()
        except InvalidToken:
            raise Refusal("That was kept under another CADENCE_SECRET_KEY: sign in again.") from None

    def renew(self, closed: bytes) -> bytes:
        """The same secret, closed with the newest key; as it was when its own key is gone, and it is lost anyway."""
        try:
            return self._fernet.rotate(closed)
        except InvalidToken:
            _log.warning("secret_lost", help="set CADENCE_OLD_SECRET_KEYS, or have the person sign in again")
            return closed


def _derived(key: SecretStr) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(key.get_secret_value().encode()))
