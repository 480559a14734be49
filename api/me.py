"""``/api/me`` and ``/api/usage``: who one is, how one wants things, and what has been used."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StrictBool
from quart import Blueprint
from werkzeug.exceptions import Conflict

from api.callers import signed_in, the_caller
from api.contract import TEXT, Answer, View, Wanted, about, answers, takes
from api.views import PersonView
from core.agents.budget import Budgets
from core.agents.quota import Quota
from core.model.command import Purse
from core.model.messages import Channel
from core.model.people import Plan
from core.store.database import Database

_MOST_WORDS: Final = 100
_OF_LATE: Final = timedelta(days=7)


_Word = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT)]


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError("send the name of a time zone, such as Europe/Berlin")
    return zone


def _zones(schema: dict[str, Any]) -> None:
    schema["enum"] = sorted(available_timezones())


class Settings(Wanted):
    """What is to be different; what is left out stays. ``dictionary`` are words that a recogniser would not expect."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None = None
    time_zone: Annotated[str, AfterValidator(_known_zone), Field(json_schema_extra=_zones)] | None = None
    plan_first: StrictBool | None = None
    language: Annotated[str, Field(pattern=r"^([a-z]{2})?$")] | None = None
    dictionary: Annotated[list[_Word], Field(max_length=_MOST_WORDS)] | None = None


class CapView(View):
    """How much may be spent, and how much has been, in US dollars."""

    purse: Purse
    dollars: float
    spent: float


class UsageView(View):
    """What has been used. ``agentsLeft`` is null where there is no limit; ``health`` is what is wrong just now."""

    plan: Plan
    agents_this_month: int
    agents_left: int | None
    agents_at_work: int
    dollars_today: float
    dollars_this_month: float
    hearing_dollars_this_month: float
    heard_minutes_this_month: float
    caps: list[CapView]
    health: list[str]


def _troubles(machines: Sequence[str], lost: Mapping[Channel, int]) -> list[str]:
    """Sentences for a person; none when all is well."""
    alone = [] if machines else ["No machine is connected: agents wait until there is one."]
    return alone + [
        f"{count} {'message' if count == 1 else 'messages'} could not be delivered by {channel.title()} this week."
        for channel, count in lost.items()
    ]


def me_routes(database: Database, quota: Quota, budgets: Budgets) -> Blueprint:
    """Whoever is signed in."""
    routes = Blueprint("me", __name__, url_prefix="/api")

    @routes.get("/me")
    @answers(PersonView)
    @about("You")
    async def me() -> Answer:
        """See who you are and how you want things."""
        return PersonView.of(the_caller().person)

    @routes.patch("/me")
    @takes(Settings)
    @answers(PersonView)
    @about("You")
    async def change(data: Settings) -> Answer:
        """Change your settings. An empty language is whatever you speak."""
        caller = the_caller()
        async with database.transaction() as tx:
            person = await tx.people.change(
                caller.person.id,
                name=data.name,
                time_zone=data.time_zone,
                plan_first=data.plan_first,
                language=data.language,
                dictionary=data.dictionary and list(dict.fromkeys(word.strip() for word in data.dictionary)),
            )
        return PersonView.of(person)

    @routes.delete("/me")
    @about("You")
    async def leave() -> tuple[str, int]:
        """Delete your account and everything of yours. Stop your agents first."""
        caller = signed_in()
        async with database.transaction() as tx:
            await tx.people.hold(caller.person.id)
            if await tx.agents.live_names(caller.person.id):
                raise Conflict("You have agents at work. Stop them first, and try again when they have ended.")
            server = await tx.servers.of(caller.person.id)
            if server is None:
                await tx.people.delete(caller.person.id)
            else:
                await tx.servers.leave(server.machine_id)
        if server is not None:
            raise Conflict("Your server is being deleted first. Try again in some minutes.")
        return "", 204

    @routes.get("/usage")
    @answers(UsageView)
    @about("You")
    async def usage() -> Answer:
        """See what you have used, and what is left."""
        person = the_caller().person
        async with database.transaction() as tx:
            this_month = await tx.agents.created_this_month(person.id)
            at_work = len(await tx.agents.live_names(person.id))
            day, month = await tx.spending.of_day(person.id), await tx.spending.of_month(person.id)
            heard = await tx.commands.heard_this_month(person.id)
            caps = await budgets.of_person(tx, person.id)
            machines = await tx.machines.names_seen()
            lost = await tx.replies.undelivered(person.id, _OF_LATE)
        free = person.plan is Plan.FREE
        return UsageView(
            plan=person.plan,
            agents_this_month=this_month,
            agents_left=max(0, quota.agents_a_month - this_month) if free else None,
            agents_at_work=at_work,
            dollars_today=day.dollars,
            dollars_this_month=month.dollars,
            hearing_dollars_this_month=heard.dollars,
            heard_minutes_this_month=heard.seconds / 60,
            caps=[CapView(purse=cap.purse, dollars=cap.dollars, spent=cap.spent) for cap in caps],
            health=_troubles(machines, lost),
        )

    return routes
