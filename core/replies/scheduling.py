"""Sentences about schedules."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.model.agent import Agent
from core.model.messages import Reply
from core.model.schedule import EVERY_DAY, WEEKDAYS, WEEKEND, Rhythm, Schedule
from core.replies.spoken import number

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def created(schedule: Schedule) -> Reply:
    """What was understood, read back: it will happen when nobody is looking."""
    return Reply(
        f"Schedule {number(schedule.number)}: {rhythm(schedule.rhythm)} I start an agent on {_repo(schedule)}."
        f" The first one starts {_moment(schedule)}.",
        detail=f"Task: {schedule.task}\nFrom branch: {schedule.branch}\nTime zone: {schedule.time_zone}",
    )


def listed(schedules: tuple[Schedule, ...]) -> Reply:
    """What there is."""
    if not schedules:
        return Reply("You have no schedules. Try: every weekday at nine, update the dependencies on my repo.")
    lines = "\n".join(
        f"{schedule.number}. {rhythm(schedule.rhythm)} on {_repo(schedule)}: {schedule.task}"
        f" ({'paused' if schedule.paused else f'next {_moment(schedule)}'})"
        for schedule in schedules
    )
    count = "one schedule" if len(schedules) == 1 else f"{number(len(schedules))} schedules"
    return Reply(f"You have {count}.", detail=lines)


def changed(schedules: tuple[Schedule, ...], participle: str) -> Reply:
    """An order to schedules was carried out."""
    if not schedules:
        return Reply("You have no such schedule.")
    numbers = " and ".join(number(schedule.number) for schedule in schedules)
    return Reply(f"Schedule{'' if len(schedules) == 1 else 's'} {numbers} {participle}.")


def begun(schedule: Schedule, agent: Agent) -> Reply:
    """It is time, and an agent starts."""
    return Reply(
        f"Schedule {number(schedule.number)}: {agent.name} is starting on {_repo(schedule)}.",
        detail=f"Task: {schedule.task}",
    )


def not_begun(schedule: Schedule, reason: str) -> Reply:
    """It is time, and no agent could be started."""
    return Reply(f"Schedule {number(schedule.number)} could not start its agent on {_repo(schedule)}. {reason}")


def still_at_work(schedule: Schedule) -> Reply:
    """It is time, and the agent of last time is not done."""
    return Reply(
        f"Schedule {number(schedule.number)} is left out this time."
        f" Its last agent on {_repo(schedule)} is still at work."
    )


def given_up(schedule: Schedule) -> Reply:
    """It failed again and again, and waits for its person."""
    return Reply(
        f"Schedule {number(schedule.number)} on {_repo(schedule)} has failed three times in a row, so I have paused it."
        f" Say resume schedule {number(schedule.number)} to try again."
    )


def too_many(most: int) -> str:
    """Why there is no schedule more."""
    return f"You have {most} schedules, and that is as many as there can be. Delete one first."


def rhythm(kept: Rhythm) -> str:
    """A rhythm as one says it."""
    if kept.hours is not None:
        return "every hour" if kept.hours == 1 else f"every {number(kept.hours)} hours"
    at = f"at {kept.at:%H:%M}"
    if kept.monthly:
        return f"on the first of every month {at}"
    match kept.days:
        case days if days == EVERY_DAY:
            return f"every day {at}"
        case days if days == WEEKDAYS:
            return f"every weekday {at}"
        case days if days == WEEKEND:
            return f"every weekend day {at}"
        case days:
            return f"every {' and '.join(_DAYS[day] for day in days)} {at}"


def _moment(schedule: Schedule) -> str:
    moment: datetime = schedule.next_at.astimezone(ZoneInfo(schedule.time_zone))
    return f"on {_DAYS[moment.weekday()]} at {moment:%H:%M}"


def _repo(schedule: Schedule) -> str:
    return schedule.repo_name.rpartition("/")[2]
