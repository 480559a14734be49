from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.schedule import EVERY_DAY, WEEKDAYS, WEEKEND, Rhythm, next_time
from core.replies.scheduling import rhythm as said
from core.voice.rhythms import split_rhythm

TASK = "update dependencies on api service"


@pytest.mark.parametrize(
    ("words", "rhythm"),
    [
        ("every weekday at nine", Rhythm(WEEKDAYS)),
        ("every day at 9:30", Rhythm(EVERY_DAY, time(9, 30))),
        ("every morning", Rhythm()),
        ("every night", Rhythm(EVERY_DAY, time(22))),
        ("every evening at 7 pm", Rhythm(EVERY_DAY, time(19))),
        ("every day at noon", Rhythm(EVERY_DAY, time(12))),
        ("every day at midnight", Rhythm(EVERY_DAY, time(0))),
        ("every day at twelve a.m.", Rhythm(EVERY_DAY, time(0))),
        ("every day at five in the afternoon", Rhythm(EVERY_DAY, time(17))),
        ("every monday and thursday at eight o'clock", Rhythm((0, 3), time(8))),
        ("on weekends at ten", Rhythm(WEEKEND, time(10))),
        ("weekly", Rhythm((0,))),
        ("every month", Rhythm(monthly=True)),
        ("hourly", Rhythm(hours=1)),
        ("every six hours", Rhythm(hours=6)),
        ("every minute", None),
        ("every 10 minutes", None),
        ("every other week", None),
        ("every day at 25:00", None),
    ],
)
def test_a_rhythm_is_heard_before_and_behind_a_request(words: str, rhythm: Rhythm | None) -> None:
    for text in (f"{words}, {TASK}", f"{TASK} {words}", f"{TASK}, {words}."):
        timed = split_rhythm(text)
        assert timed is not None
        assert (timed.rhythm, timed.rest) == (rhythm, TASK)


@pytest.mark.parametrize("text", [TASK, "fix every test on api service", "the everyday page is broken", ""])
def test_a_request_without_a_rhythm_is_left_as_it_is(text: str) -> None:
    assert split_rhythm(text) is None


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]).map(ZoneInfo)
DAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
RHYTHMS = st.one_of(
    st.builds(Rhythm, DAYS, st.times().map(lambda at: at.replace(second=0, microsecond=0))),
    st.builds(Rhythm, at=st.just(time(9)), monthly=st.just(value=True)),
    st.builds(Rhythm, hours=st.integers(1, 168)),
)


@given(RHYTHMS, MOMENTS, ZONES)
def test_the_next_time_is_later_and_none_is_left_out(rhythm: Rhythm, after: datetime, zone: ZoneInfo) -> None:
    first = next_time(rhythm, after, zone)
    second = next_time(rhythm, first, zone)

    assert after < first < second
    assert next_time(rhythm, first - timedelta(seconds=1), zone) == first or rhythm.hours is not None
    assert second - first <= timedelta(days=32)


@given(DAYS, MOMENTS, ZONES)
def test_nine_stays_nine_by_the_persons_clock(days: tuple[int, ...], after: datetime, zone: ZoneInfo) -> None:
    local = next_time(Rhythm(days), after, zone).astimezone(zone)

    assert (local.hour, local.minute) == (9, 0)
    assert local.weekday() in days


@pytest.mark.parametrize(
    ("zone", "after", "at", "moments"),
    [
        # The clock goes from two to three, and from three back to two.
        ("Europe/Berlin", "2026-03-28T12:00", time(2, 30), ["2026-03-29T01:30", "2026-03-30T00:30"]),
        ("Europe/Berlin", "2026-10-24T12:00", time(2, 30), ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("America/New_York", "2026-03-08T00:00", time(2, 30), ["2026-03-08T07:30", "2026-03-09T06:30"]),
    ],
)
def test_an_hour_that_is_skipped_or_comes_twice_counts_once(
    zone: str, after: str, at: time, moments: list[str]
) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    for expected in moments:
        moment = next_time(Rhythm(EVERY_DAY, at), moment, ZoneInfo(zone))
        assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm(WEEKDAYS), "every weekday at 09:00"),
        (Rhythm((0, 3), time(17, 5)), "every Monday and Thursday at 17:05"),
        (Rhythm(monthly=True), "on the first of every month at 09:00"),
        (Rhythm(hours=6), "every 6 hours"),
    ],
)
def test_a_rhythm_is_said_as_one_says_it(rhythm: Rhythm, words: str) -> None:
    assert said(rhythm) == words
