"""What machines report, as it may be kept and shown."""

from typing import Final, cast

from pydantic import TypeAdapter

from core.model.event import Happening
from core.redaction.redactor import Redactor

_LONGEST_TEXT: Final = 4000
_LONGEST_LIST: Final = 40

HAPPENING: Final[TypeAdapter[Happening]] = TypeAdapter(Happening)


def redacted(happening: Happening, redact: Redactor) -> Happening:
    """The happening without secrets, without the one character that Postgres does not keep, and not beyond all measure.

    What an agent asks or lists is as long as it likes: a frame that is too large would be sent again and again.
    """
    return HAPPENING.validate_python(_clean(HAPPENING.dump_python(happening, mode="json"), redact))


def _clean(value: object, redact: Redactor) -> object:
    match value:
        case str():
            # First masked, then cut: half a secret is harder to tell. What is beyond all measure is not even looked at.
            text = redact(value[: 2 * _LONGEST_TEXT].replace("\0", "\N{REPLACEMENT CHARACTER}"))
            return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} …"
        case dict():
            return {key: _clean(item, redact) for key, item in cast("dict[str, object]", value).items()}
        case list():
            return [_clean(item, redact) for item in cast("list[object]", value)[:_LONGEST_LIST]]
        case _:
            return value
