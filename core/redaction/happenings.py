"""What machines report, as it may be kept and shown."""

from typing import Final, cast

from pydantic import TypeAdapter

from core.model.event import Happening
from core.redaction.redactor import Redactor

HAPPENING: Final[TypeAdapter[Happening]] = TypeAdapter(Happening)


def redacted(happening: Happening, redact: Redactor) -> Happening:
    """The happening without secrets, and without the one character that Postgres does not keep."""
    return HAPPENING.validate_python(_clean(HAPPENING.dump_python(happening, mode="json"), redact))


def _clean(value: object, redact: Redactor) -> object:
    match value:
        case str():
            return redact(value.replace("\0", "\N{REPLACEMENT CHARACTER}"))
        case dict():
            return {key: _clean(item, redact) for key, item in cast("dict[str, object]", value).items()}
        case list():
            return [_clean(item, redact) for item in cast("list[object]", value)]
        case _:
            return value
