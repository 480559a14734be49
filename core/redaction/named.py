"""Finds what is called a secret: the value beside a name such as ``DB_PASSWORD``, in whatever language it is said."""

import re
from dataclasses import dataclass
from typing import Final

from core.redaction.innocence import has_telltale, is_something_else, is_wordy

Span = tuple[int, int]

# Whoever is called so is a secret, unless it plainly is something else.
TRUSTED: Final = (
    *("passw", "passphrase", "passcode", "pwd", "secret", "token", "credential", "psk"),
    *(f"{kind}{by}key" for kind in ("api", "access", "auth", "account", "app") for by in ("", "_", "-", " ", ".")),
    *(f"{kind}{by}key" for kind in ("encryption", "signing", "private", "master", "license") for by in ("", "_", "-")),
)
# Whoever is called so may be one, when it looks like nothing else.
WARY: Final = ("key", "dsn", "auth", "bearer", "session", "jwt", "pass", "_pat", "webhook", "cookie")

# What a name ends with when it names not the secret but something about it.
_ABOUT: Final = tuple(
    b"url uri path file name type count limit length field label header policy class regex expiry ttl json algorithm"
    b" algo hasher".split()
)
_QUOTE: Final = r"(?:\\{0,3}[\"'`]|%22|&quot;)"
_SURE: Final = (
    r"\s?:\s?[&A-Z][\w\[\]|.&]{0,30}\s?=\s{0,2}"  # name: Type = value
    r"|\s{0,24}(?:=>|:=|\|\|=|\?\?=|={1,3}|:)\s{0,4}"
    r"|\s{1,24}value[\"']?\s?[=:]\s?"  # name="NAME" value="..." and its like in YAML
    r"|\s?\{\sget;\sset;\s\}\s?=\s?"
    r"|%3D"
)
_UNSURE: Final = rf"\s{{1,4}}(?:is|was|to|as)\s{{1,2}}|\s?,\s{{0,2}}(?={_QUOTE})|\s?[|>]\s{{0,2}}|\s{{1,8}}"
# Most values are tokens: one look tells that nobody has thought of them, so they need no second one.
_RANDOM: Final = r"(?=(?:[A-Za-z+/=_-]{0,40}+\d{1,40}+[A-Za-z]){3})[A-Za-z0-9+/=_-]{20,512}+(?![^\s\"'`\\,;<>&|)}\]])"
_VALUE: Final = (
    rf"{_QUOTE}?[\])]?\*{{0,2}}(?:(?P<sure>{_SURE})|{_UNSURE})"
    rf"(?:(?P<quote>[a-z@]{{0,2}}{_QUOTE}{{1,2}})(?:(?P<quoted_token>{_RANDOM})|(?P<quoted>[^\s\"'`\\<>]{{6,512}}))"
    rf"|(?P<token>{_RANDOM})|(?P<bare>[^\s\"'`,;<>\\|]{{8,512}}))"
)
_TRUSTED: Final = re.compile(f"(?P<rest>[A-Za-z0-9_.-]{{0,40}}+){_VALUE}".encode())
_WARY: Final = re.compile(
    rf"(?P<rest>s?(?i:[_-]?(?:id|value|string|live|prod|production|dev|staging|b64|base64|v?\d)){{0,2}}+){_VALUE}".encode()
)
_LONGEST: Final = 512
# A value may be longer than what is looked at to tell what it is.
_BEYOND: Final = {
    "token": re.compile(rb"[A-Za-z0-9+/=_-]*"),
    "quoted_token": re.compile(rb"[A-Za-z0-9+/=_-]*"),
    "quoted": re.compile(rb"[^\s\"'`\\<>]*"),
    "bare": re.compile(rb"[^\s\"'`,;<>\\|]*"),
}
_NO_SECRET_KEY: Final = tuple(
    b"public cache primary foreign partition sort idempotency cipher hash object row host known map query test lookup"
    b" index group storage routing dedupe dedup".split()
)
_UUID: Final = re.compile(rb"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
# How many different characters the password of a careless person has, and how many characters that of a careful one.
_FEW_QUOTED: Final = 5
_FEW: Final = 7
_LONG: Final = 14
_CLOSING: Final = b"),:;]}.!?"
_DIGITS: Final = b"0123456789"
_LOWER: Final = b"abcdefghijklmnopqrstuvwxyz"
_UPPER: Final = _LOWER.upper()
_SIGNS: Final = b"!@#$%^&*+=~?"


@dataclass(frozen=True, slots=True)
class Named:
    """The value that stands beside a name. A ``trusted`` name makes a secret of anything but an obvious other thing."""

    trusted: bool

    def at(self, data: bytes, start: int, end: int) -> Span | None:
        """The secret beside the name, or the part of a name, that stands between ``start`` and ``end``."""
        found = (_TRUSTED if self.trusted else _WARY).match(data, end)
        if found is None or (found["rest"] and found["rest"].lower().endswith(_ABOUT)):
            return None
        if not self.trusted and data[max(0, start - 16) : start].rstrip(b"_. -").lower().endswith(_NO_SECRET_KEY):
            return None
        group = found.lastgroup or "bare"
        if not (self._is_token(found[group]) if group.endswith("token") else self._is_secret(found, group)):
            return None
        begin, end = found.span(group)
        beyond = _BEYOND[group].match(data, end) if end - begin == _LONGEST else None
        return begin, end if beyond is None else beyond.end()

    def _is_token(self, value: bytes) -> bool:
        return not has_telltale(value) and (self.trusted or not _UUID.match(value))

    def _is_secret(self, found: re.Match[bytes], group: str) -> bool:
        value, quoted = found[group], group == "quoted"
        secret = value.rstrip(_CLOSING)
        if is_something_else(secret, quoted=quoted):
            return False
        if not self.trusted:
            return _is_random(secret) and not _UUID.match(secret)
        if found["sure"] is not None:
            return _is_chosen(value if quoted else secret, quoted=quoted)
        return _is_random(secret) or _is_password(value)


def _is_chosen(secret: bytes, *, quoted: bool) -> bool:
    """True of what could be a password that somebody has thought of, and of all that is random."""
    distinct = len(set(secret[:40]))
    if distinct < (_FEW_QUOTED if quoted else _FEW):
        return False
    if _counts(_DIGITS, secret):
        return quoted or not is_wordy(secret)
    careful = len(secret) >= _LONG or _counts(_SIGNS, secret) > 0
    return careful and distinct > _FEW and _is_mixed(secret) and not is_wordy(secret)


def _is_random(secret: bytes) -> bool:
    """True of what nobody would think of."""
    if len(secret) < _LONG or len(set(secret[:64])) <= _FEW:
        return False
    digits = _counts(_DIGITS, secret)
    return (digits > 1 or (digits == 1 and _is_mixed(secret))) and not is_wordy(secret)


def _is_password(secret: bytes) -> bool:
    """True of what looks like the work of somebody who was told to use all kinds of characters."""
    return _counts(_SIGNS, secret) > 0 and _is_mixed(secret) and len(set(secret)) >= _FEW and not is_wordy(secret)


def _is_mixed(secret: bytes) -> bool:
    """True with two letters of either case at least."""
    return _counts(_UPPER, secret) > 1 and _counts(_LOWER, secret) > 1


def _counts(of: bytes, secret: bytes) -> int:
    return len(secret) - len(secret.translate(None, of))
