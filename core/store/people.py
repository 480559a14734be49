"""People, the identities they are known by, and the codes that link a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asyncpg import Record

from core.model.messages import Channel
from core.model.people import Identity, Person, Plan
from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """The tables ``people``, ``identities`` and ``link_codes``."""

    connection: Connection

    async def add(self, person: Person) -> None:
        """Add a person, whom the app knows by their id, or bring their name, plan and time zone up to date."""
        await self.connection.execute(
            "insert into people (id, name, plan, time_zone) values ($1, $2, $3, $4) on conflict (id)"
            " do update set name = excluded.name, plan = excluded.plan, time_zone = excluded.time_zone",
            person.id,
            person.name,
            person.plan,
            person.time_zone,
        )
        await self.link(Identity(Channel.APP, str(person.id)), person.id)

    async def hold(self, person_id: UUID) -> None:
        """Do one thing at a time for this person until the transaction ends; nobody else waits.

        Rows that refer to the person may already be in the transaction, so it must not be the stronger "for update".
        """
        await self.connection.execute("select 1 from people where id = $1 for no key update", person_id)

    async def who_is(self, identity: Identity) -> Person | None:
        """The person behind an identity, if it is linked."""
        row = await self.connection.fetchrow(
            "select people.* from identities join people on people.id = person_id"
            " where channel = $1 and external_id = $2",
            identity.channel,
            identity.external_id,
        )
        return _person(row)

    async def get(self, person_id: UUID) -> Person | None:
        """One person."""
        return _person(await self.connection.fetchrow("select * from people where id = $1", person_id))

    async def set_plan_first(self, person_id: UUID, *, plan_first: bool) -> None:
        """Whether the person wants to see plans before anything is changed."""
        await self.connection.execute("update people set plan_first = $2 where id = $1", person_id, plan_first)

    async def change(
        self,
        person_id: UUID,
        *,
        name: str | None = None,
        time_zone: str | None = None,
        plan_first: bool | None = None,
        language: str | None = None,
        dictionary: Sequence[str] | None = None,
    ) -> Person:
        """Change what is given and leave the rest; an empty ``language`` is none. Raises LookupError for nobody."""
        row = await self.connection.fetchrow(
            "update people set name = coalesce($2, name), time_zone = coalesce($3, time_zone),"
            " plan_first = coalesce($4, plan_first), dictionary = coalesce($6, dictionary),"
            " language = case when $5::text is null then language else nullif($5, '') end where id = $1 returning *",
            person_id,
            name,
            time_zone,
            plan_first,
            language,
            None if dictionary is None else list(dictionary),
        )
        person = _person(row)
        if person is None:
            raise LookupError(person_id)
        return person

    async def link(self, identity: Identity, person_id: UUID) -> bool:
        """Link an identity to a person. False when it belongs to somebody already: nobody can take it over."""
        status = await self.connection.execute(
            "insert into identities (channel, external_id, person_id) values ($1, $2, $3) on conflict do nothing",
            identity.channel,
            identity.external_id,
            person_id,
        )
        return status == "INSERT 0 1"

    async def identities(self, person_id: UUID) -> list[Identity]:
        """Everything that a person is known by, in the order in which it was linked."""
        rows = await self.connection.fetch(
            "select channel, external_id from identities where person_id = $1 order by linked_at, channel", person_id
        )
        return [Identity(Channel(row["channel"]), row["external_id"]) for row in rows]

    async def unlink(self, identity: Identity, person_id: UUID) -> bool:
        """Have an identity be nobody's. False when it was not this person's."""
        status = await self.connection.execute(
            "delete from identities where channel = $1 and external_id = $2 and person_id = $3",
            identity.channel,
            identity.external_id,
            person_id,
        )
        return status == "DELETE 1"

    async def delete(self, person_id: UUID) -> None:
        """Forget a person and everything of theirs, what they have sent included."""
        await self.connection.execute(
            "with gone as (delete from agents where person_id = $1)"
            " delete from inbox using identities where identities.person_id = $1"
            " and inbox.channel = identities.channel and inbox.sender_id = identities.external_id",
            person_id,
        )
        await self.connection.execute("delete from people where id = $1", person_id)

    async def offer_code(self, code_hash: bytes, person_id: UUID, good_for: timedelta) -> None:
        """Remember a linking code by its hash."""
        await self.connection.execute(
            "insert into link_codes (code_hash, person_id, expires_at) values ($1, $2, now() + $3)",
            code_hash,
            person_id,
            good_for,
        )

    async def redeem_code(self, code_hash: bytes) -> Person | None:
        """Use a code up. None when there is no such code, or no longer."""
        row = await self.connection.fetchrow(
            "with used as (delete from link_codes where code_hash = $1 returning person_id, expires_at)"
            " select people.* from used join people on people.id = used.person_id"
            " where expires_at > now()",
            code_hash,
        )
        return _person(row)


def _person(row: Record | None) -> Person | None:
    if row is None:
        return None
    return Person(
        id=row["id"],
        name=row["name"],
        plan=Plan(row["plan"]),
        time_zone=row["time_zone"],
        plan_first=row["plan_first"],
        language=row["language"],
        dictionary=tuple(row["dictionary"]),
    )
