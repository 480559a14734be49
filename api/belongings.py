"""``/api/repos``, ``/api/schedules`` and ``/api/devices``."""

from datetime import UTC, datetime, time
from typing import Annotated, Final, Literal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from pydantic import Field, StrictBool
from quart import Blueprint, abort

from api.agents import known_repo
from api.callers import the_caller
from api.contract import BRANCH, TEXT, WHOLE, Answer, View, Wanted, about, answers, asks, takes
from api.messages import message_of
from api.push import PushKey, is_push_service
from api.views import RepoView, ScheduleView
from core.agents.directory import Directory
from core.agents.schedules import ScheduleBook
from core.model.command import CreateSchedule, NotDone, ScheduleAnswered
from core.model.errors import Refusal
from core.model.schedule import EVERY_DAY, Rhythm, Schedule, next_time
from core.store.database import Database, Transaction

_MOST_DEVICES: Final = 20


class WhichRepos(Wanted):
    """Which repositories to list: those whose name holds ``q``."""

    q: str | None = Field(default=None, max_length=100)
    limit: int = Field(default=100, ge=1, le=500)


class Repos(View):
    """Repositories, last pushed first. ``installUrl`` is where to let Cadence into more of them, if that is there."""

    repos: list[RepoView]
    install_url: str | None


class Schedules(View):
    """Schedules, oldest first."""

    schedules: list[ScheduleView]


class RhythmWanted(Wanted):
    """When: on these ``days`` (Monday is 0) ``at`` a time of day, on the first of the month, or every so many hours."""

    days: Annotated[tuple[Annotated[int, Field(ge=0, le=6), WHOLE], ...], Field(min_length=1, max_length=7)] = EVERY_DAY
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "09:00"
    monthly: StrictBool = False
    hours: Annotated[int, Field(ge=1, le=24), WHOLE] | None = None

    @property
    def rhythm(self) -> Rhythm:
        """As it is kept."""
        return Rhythm(tuple(sorted(set(self.days))), time.fromisoformat(self.at), self.monthly, self.hours)


class NewSchedule(Wanted):
    """Work to be begun again and again, by the clock of the person's time zone."""

    repo: str = Field(max_length=300, pattern=TEXT)
    task_description: str = Field(max_length=4000, pattern=TEXT)
    branch: str | None = Field(default=None, max_length=200, pattern=BRANCH)
    rhythm: RhythmWanted = RhythmWanted()


class ScheduleChange(Wanted):
    """What is to become of a schedule."""

    paused: StrictBool


class NewDevice(Wanted):
    """A browser's subscription to be told of news (Web Push), as the browser gives it."""

    endpoint: str = Field(max_length=1000, pattern=r"^https://[A-Za-z0-9.-]{1,200}/[!-~]*$")
    p256dh: str = Field(pattern=r"^[A-Za-z0-9_-]{40,200}={0,2}$")
    auth: str = Field(pattern=r"^[A-Za-z0-9_-]{16,60}={0,2}$")


class DeviceView(View):
    """A device that is told of news."""

    id: UUID
    kind: Literal["web_push"] = "web_push"
    created_at: datetime


class Devices(View):
    """All of one's devices. ``applicationServerKey`` is what a browser subscribes with."""

    devices: list[DeviceView]
    application_server_key: str


def repo_routes(directory: Directory) -> Blueprint:
    """What the caller may put agents to work on."""
    routes = Blueprint("repos", __name__, url_prefix="/api/repos")

    @routes.get("")
    @asks(WhichRepos)
    @answers(Repos)
    @about("Repositories")
    async def every(query_args: WhichRepos) -> Answer:
        """List your repositories, and what may be done with each: as the code host had them within half a minute."""
        wanted = (query_args.q or "").lower()
        known = await directory.repos(the_caller().person.id)
        found = [repo for repo in known if wanted in repo.full_name.lower()]
        shown = [RepoView.of(repo) for repo in found[: query_args.limit]]
        return Repos(repos=shown, install_url=await directory.shelf.host.install_url())

    return routes


def schedule_routes(database: Database, directory: Directory) -> Blueprint:
    """The caller's own schedules."""
    routes = Blueprint("schedules", __name__, url_prefix="/api/schedules")

    async def mine(tx: Transaction, schedule_id: UUID, person_id: UUID) -> Schedule:
        schedule = await tx.schedules.get(schedule_id)
        if schedule is None or schedule.person_id != person_id:
            abort(404, "You have no such schedule.")
        return schedule

    @routes.get("")
    @answers(Schedules)
    @about("Schedules")
    async def every() -> Answer:
        """List your schedules."""
        caller = the_caller()
        async with database.transaction() as tx:
            return Schedules(schedules=[ScheduleView.of(each) for each in await tx.schedules.of(caller.person.id)])

    @routes.post("")
    @takes(NewSchedule)
    @answers(ScheduleView, 201)
    @about("Schedules")
    async def add(data: NewSchedule) -> Answer:
        """Have an agent put to a task again and again. With an Idempotency-Key, once however often it is sent."""
        person = the_caller().person
        repo = known_repo(data.repo, await directory.repos(person.id, anew=True))
        message = message_of(data.task_description)
        intent = CreateSchedule(repo, data.task_description, data.rhythm.rhythm, data.branch)
        async with database.transaction() as tx:
            await tx.inbox.accept(message)
            await tx.inbox.settle(message.id)
            match await ScheduleBook(tx).create(intent, person, message):
                case NotDone(reason):
                    raise Refusal(reason)
                case ScheduleAnswered():
                    return ScheduleView.of(await mine(tx, message.id, person.id)), 201

    @routes.patch("/<uuid:schedule_id>")
    @takes(ScheduleChange)
    @answers(ScheduleView)
    @about("Schedules")
    async def change(schedule_id: UUID, data: ScheduleChange) -> Answer:
        """Pause a schedule, or let it go on."""
        caller = the_caller()
        async with database.transaction() as tx:
            schedule = await mine(tx, schedule_id, caller.person.id)
            if data.paused:
                await tx.schedules.pause(schedule.id)
            else:
                moment = next_time(schedule.rhythm, datetime.now(UTC), ZoneInfo(schedule.time_zone))
                await tx.schedules.resume(schedule.id, moment)
            return ScheduleView.of(await mine(tx, schedule_id, caller.person.id))

    @routes.delete("/<uuid:schedule_id>")
    @about("Schedules")
    async def delete(schedule_id: UUID) -> tuple[str, int]:
        """Delete a schedule."""
        caller = the_caller()
        async with database.transaction() as tx:
            await tx.schedules.delete((await mine(tx, schedule_id, caller.person.id)).id)
        return "", 204

    return routes


def device_routes(database: Database, push_key: PushKey) -> Blueprint:
    """The caller's own devices."""
    routes = Blueprint("devices", __name__, url_prefix="/api/devices")

    @routes.get("")
    @answers(Devices)
    @about("Devices")
    async def every() -> Answer:
        """List the devices that are told of news."""
        caller = the_caller()
        async with database.transaction() as tx:
            rows = await tx.devices.of(caller.person.id)
        return Devices(devices=[DeviceView.of(row) for row in rows], application_server_key=push_key.public)

    @routes.post("")
    @takes(NewDevice)
    @answers(DeviceView, 201)
    @about("Devices")
    async def add(data: NewDevice) -> Answer:
        """Have this browser told of news."""
        caller = the_caller()
        if not is_push_service(data.endpoint):
            abort(409, "That is not the push service of a browser that we know.")
        async with database.transaction() as tx:
            await tx.people.hold(caller.person.id)
            if len(await tx.devices.of(caller.person.id)) >= _MOST_DEVICES:
                abort(409, f"You have {_MOST_DEVICES} devices already. Remove one.")
            kept = await tx.devices.add(uuid4(), caller.person.id, data.endpoint, data.p256dh, data.auth)
        if kept is None:
            abort(409, "That browser is somebody else's. Sign out there first.")
        return DeviceView.of(kept), 201

    @routes.delete("/<uuid:device_id>")
    @about("Devices")
    async def remove(device_id: UUID) -> tuple[str, int]:
        """Have a device told of nothing any more."""
        caller = the_caller()
        async with database.transaction() as tx:
            if not await tx.devices.remove(caller.person.id, device_id):
                abort(404, "You have no such device.")
        return "", 204

    return routes
