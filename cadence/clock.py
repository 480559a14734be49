"""The time zone of this computer."""

import os
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.model.errors import Refusal

_LOCALTIME: Final = Path("/etc/localtime")


def owners_time_zone(wanted: str | None) -> str:
    """The name of the zone that is wanted, or this computer's, or UTC. Raises Refusal for one that there is not."""
    if wanted is not None:
        return _checked(wanted)
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked()):
        try:
            return _checked(name)
        except Refusal:
            continue
    return "UTC"


def _linked() -> str:
    return str(_LOCALTIME.resolve()).partition("zoneinfo/")[2]


def _checked(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal(f"CADENCE_TIME_ZONE is {name!r}, which is no time zone: use a name like Europe/Berlin.") from None
