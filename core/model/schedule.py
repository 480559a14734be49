"""Work that is begun again and again: when, and by whose clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from core.model.messages import Address

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WEEKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """On these ``days`` (Monday is 0) at ``at``; or on the first of every month; or every so many ``hours``."""

    days: tuple[int, ...] = EVERY_DAY
    at: time = time(9)
    monthly: bool = False
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A task that an agent is put to in a rhythm. ``failures`` counts those in a row."""

    id: UUID
    number: int
    person_id: UUID
    repo_url: str
    repo_name: str
    branch: str
    task: str
    rhythm: Rhythm
    time_zone: str
    reply_to: Address
    next_at: datetime
    failures: int = 0
    paused: bool = False


def next_time(rhythm: Rhythm, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of the rhythm later than ``after``, in UTC.

    A time of day that a clock skips comes as much later as the clock was moved; one that comes twice counts once.
    """
    if rhythm.hours is not None:
        hour = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return hour + timedelta(hours=rhythm.hours)
    day = after.astimezone(zone).date()
    while True:
        if (day.day == 1) if rhythm.monthly else (day.weekday() in rhythm.days):
            moment = datetime.combine(day, rhythm.at, zone).astimezone(UTC)
            if moment > after:
                return moment
        day += timedelta(days=1)
