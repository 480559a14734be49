"""Tells what stands where a secret might stand, and is something else: a reference, code, a placeholder, words.

Every pattern is tried at the beginning of a value of at most 512 bytes. Repetitions that could share their text with
what follows are possessive, so none goes back over it.
"""

import re
from collections.abc import Iterable
from typing import Final

from ahocorasick_rs import BytesAhoCorasick


def _any_of(*patterns: str) -> re.Pattern[bytes]:
    return re.compile("|".join(patterns).encode())


def _starting_with(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(words)})"


_REFERENCE: Final = (
    r"\$(?:[({]|(?:[A-Z_][A-Z0-9_]*+|[a-z]++(?:[A-Z_][a-z]++)*+\d?)(?!\w))",  # $NAME, ${NAME}, $(command), $name
    r"\{[{\w]|#\{|<",  # {{ name }}, {name}, #{name}, <name>
    r"\[[A-Za-z\[]",  # [password]
    r"%(?:[({]|[sdr]\b|\w+%\Z)",  # %(name)s, %s, %NAME%
    r"[@:&][a-z_.]+\d?\Z",  # @name, :name, &name
)
_ELSEWHERE: Final = (
    r"(?:https?|wss?|file|s3|gs)://[^@?]*+\Z",
    r"~?\.{0,2}/[a-z_.]{2,}+[/.][\w./-]*+\Z",  # a path
    r"[\w-]++(?:/[\w-]++)*+\.[a-z]{2,5}\Z",  # a file
    r"[\d.,:_+/xTZ-]+\Z|\d[\d_.]*+[a-z]{1,3}\Z",  # a number, a time, a duration
    r"#[0-9a-fA-F]{3,8}\Z",  # a colour
    r"[a-z_]++:[x*!]:\d",  # a line of /etc/passwd
    r"[a-zA-Z_]\w*+(?:(?:\.|::|->)[A-Za-z_][a-zA-Z_]*+\d{0,2})++\Z|[a-z_]{2,}+(?:\.[a-z_]{2,}+)++\.\w+\Z",  # a name
    _starting_with(("vault:", "op:", "arn:aws", "projects/", r"process\.env", r"os\.", r"env[.\[]", r"ENV\[", "urn:")),
    r"sha\d{1,3}[-:]|MI[IG][A-Za-z0-9+/]{2}[A-Z]AN|ssh-|ecdsa-|-----BEGIN (?:CERT|PUB|RSA PUB)",  # hash, public key
)
_CODE: Final = (
    r"(?:await|new|self|this|config[.\[]|settings\.|secrets?\.)",
    r"!?[A-Za-z_][\w.]*+[(\[?](?:\Z|[\w.*&! -]*+(?:\Z|[(),=\[\]:]))",  # a call
    r"\([\w.]+[&|.+*/ ,)=]|[\d_.]+[)}\]]",  # in parentheses, or before the end of them
    r"[A-Za-z_]{1,3}(?:[,)}:]|=\{)|[a-z_$]{1,2}(?:\.[A-Za-z_]\w*+)++[=\[(?,:|&)}]",  # code without its spaces
    r"[a-z_]{3,}+\d*\.[A-Z]\w*+\Z",  # a type of a module
)
_STAND_IN: Final = (
    r"(?i:passw(?:or|0r)d|pass|pwd?|user(?:name)?|secret|token|testing|test|admin|guest|root|foobar|letmein|qwerty|abc)"
    r"[-_]?\d{0,6}!?\Z|(?:postgres|mysql|redis|mongo|rabbitmq)\Z"
)
_EMPTY: Final = _any_of(*_REFERENCE, _STAND_IN)
_QUOTED: Final = _any_of(*_REFERENCE, _STAND_IN, *_ELSEWHERE)
_BARE: Final = _any_of(*_REFERENCE, _STAND_IN, *_ELSEWHERE, *_CODE)
_TELLING: Final = 64
_FORMATTED: Final = re.compile(rb"\{[A-Za-z_][\w.]*+[({}]|\$\{")
# Nobody's secret holds one of these. (A regular expression for them would be slower than all the rest.)
_TELLTALES: Final = BytesAhoCorasick(
    [
        *(f"change{by}{what}".encode() for by in ("", "-", "_", " ") for what in ("me", "it", "this")),
        *(f"{what}{by}".encode() for by in "-_ " for what in ("your", "insert", "replace")),
        *(b"placeholder", b"redacted", b"dummy", b"example", b"undefined", b"xxxx", b"****", b"..."),
        *(
            b"0123456789",
            b"123456789",
            b"abcdef",
            b"deadbeef",
            b"miibijan",
            b"migfma0g",
            b"mfkweyyh",
            b"not-a-real",
            b"not-a-secret",
            b"not_a_secret",
        ),
        *(
            f"{whose}{by}{what}".encode()
            for whose in ("test", "my", "some", "the", "fake", "mock", "sample", "default", "super", "invalid", "wrong")
            for by in ("", "-", "_")
            for what in ("api", "access", "secret", "passw", "token", "key")
        ),
    ]
)
_WORD: Final = r"(?:[A-Z]{2,}+(?![a-z])|[A-Z]{0,6}[a-z]{2,}+(?:[A-Z]{1,6}[a-z]{2,}+)*+)?\d{0,10}"
_WORDS: Final = re.compile(rf"[-_./:]?{_WORD}(?:[-_./:=+@ ]{{1,2}}(?:[A-Z]|{_WORD}))*+\Z".encode())


def is_placeholder(text: bytes) -> bool:
    """True of what documents and programs write where a secret would stand."""
    return _EMPTY.match(text) is not None or has_telltale(text)


def has_telltale(text: bytes) -> bool:
    """True of what holds, near its beginning, something that nobody's secret holds."""
    if _TELLTALES.find_matches_as_indexes(text[:_TELLING].lower()):
        return True
    return b"{" in text and _FORMATTED.search(text) is not None


def is_something_else(text: bytes, *, quoted: bool) -> bool:
    """True of what says what it is, and is no secret. What is not ``quoted`` may be code."""
    return (_QUOTED if quoted else _BARE).match(text) is not None or has_telltale(text)


def is_wordy(text: bytes) -> bool:
    """True of words and numbers with something between them, as in an identifier."""
    return _WORDS.match(text) is not None
