"""News for browsers (Web Push): encrypted for the one browser (RFC 8291), signed for its push service (RFC 8292).

The library for it comes as source only, to be built on every computer; the two steps are short with what is here.
"""

import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from core.model.errors import DeliveryFailed, Undeliverable
from core.store.devices import Device

# The push services of browsers. Any other address could be a machine in our own network.
PUSH_SERVICES: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "notify.windows.com",
)
_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RECORD_SIZE: Final = 4096
_SIGNED_FOR_SECONDS: Final = 12 * 3600
_KEPT_SECONDS: Final = 24 * 3600  # For a phone that is off; what happened before yesterday is no news.
_TIMEOUT: Final = httpx.Timeout(10)


def is_push_service(endpoint: str) -> bool:
    """Whether a browser could have given us this address."""
    host = urlsplit(endpoint).hostname or ""
    return any(host == service or host.endswith(f".{service}") for service in PUSH_SERVICES)


@dataclass(frozen=True, slots=True)
class PushKey:
    """By which push services know this installation. It follows from the installation's own key."""

    key: SecretStr

    @property
    def public(self) -> str:
        """What a browser wants to know before it subscribes (``applicationServerKey``)."""
        return _encoded(_point(self._private.public_key()))

    def authorization(self, endpoint: str, contact: str) -> str:
        """The header that says who sends this. ``contact`` is where the service can complain: a URL."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + _SIGNED_FOR_SECONDS,
            "sub": contact,
        }
        return f"vapid t={jwt.encode(claims, self._private, algorithm='ES256')}, k={self.public}"

    @property
    def _private(self) -> ec.EllipticCurvePrivateKey:
        derived = _derived(self.key.get_secret_value().encode(), b"", b"cadence push 1", 48)
        return ec.derive_private_key(int.from_bytes(derived, "big") % (_ORDER - 1) + 1, _CURVE)


@dataclass(frozen=True, slots=True)
class Pusher:
    """Sends to push services. ``contact`` is a URL at which whoever runs this Cadence can be found."""

    http: httpx.AsyncClient
    key: PushKey
    contact: str

    async def push(self, device: Device, news: bytes) -> None:
        """Raises Undeliverable when the browser has unsubscribed, and DeliveryFailed when it may work later."""
        headers = {
            "Authorization": self.key.authorization(device.endpoint, self.contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_KEPT_SECONDS),
            "Urgency": "high",
        }
        try:
            body = encrypted(news, device.p256dh, device.auth)
        except ValueError as error:
            raise Undeliverable("That browser gave us keys that are none.") from error
        try:
            answer = await self.http.post(device.endpoint, content=body, headers=headers, timeout=_TIMEOUT)
        except httpx.HTTPError as error:
            raise DeliveryFailed(f"The push service did not answer ({type(error).__name__}).") from error
        if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise Undeliverable("The browser has unsubscribed.")
        if not answer.is_success:
            wait = answer.headers.get("Retry-After", "")
            raise DeliveryFailed(
                f"The push service answered {answer.status_code}.", retry_after=float(wait) if wait.isdigit() else None
            )


def encrypted(news: bytes, p256dh: str, auth: str, *, sender: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    """``news`` for the one browser that has given us these keys, as one record of RFC 8188.

    ``sender`` is another key each time. Raises ValueError for keys that are none.
    """
    theirs = _decoded(p256dh)
    browser = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs)
    sender = sender or ec.generate_private_key(_CURVE)
    ours = _point(sender.public_key())
    shared = sender.exchange(ec.ECDH(), browser)
    material = _derived(shared, _decoded(auth), b"WebPush: info\x00" + theirs + ours, 32)
    salt = os.urandom(16)
    key = _derived(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\x00", 12)
    sealed = AESGCM(key).encrypt(nonce, news + b"\x02", None)
    return salt + _RECORD_SIZE.to_bytes(4, "big") + bytes([len(ours)]) + ours + sealed


def _derived(material: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=purpose).derive(material)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
