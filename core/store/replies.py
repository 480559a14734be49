"""Promised replies: written with the change they report, claimed and settled by the channel's relay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from asyncpg import Record
from pydantic import TypeAdapter, ValidationError

from core.model.messages import Address, Channel, Reply
from core.model.ring import RelayRing, Ring
from core.store.connection import Connection

_log = structlog.get_logger(__name__)
# What an occasion is called that is a message's own answer.
ANSWER: Final = "answer:"
_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


@dataclass(frozen=True, slots=True)
class PromisedReply:
    """A reply that a relay has claimed. ``message`` is the platform's name of an earlier version to edit.

    ``news`` is neither an answer nor one message that goes on changing.
    """

    id: int
    version: int
    address: Address
    reply: Reply
    attempt: int
    message: str | None
    news: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the one message called ``slot`` shall say from now on."""

    slot: str
    address: Address
    reply: Reply


@dataclass(frozen=True, slots=True)
class ReplyTable:
    """The table ``replies``."""

    connection: Connection
    rings: list[Ring]

    async def promise(self, address: Address, reply: Reply, *, once: str) -> None:
        """Promise a new message. ``once`` names its occasion: a second promise for the same one does nothing."""
        await self.connection.execute(
            "insert into replies (channel, conversation, thread, body, once) values ($1, $2, $3, $4, $5)"
            " on conflict (once) do nothing",
            address.channel,
            address.conversation,
            address.thread,
            _REPLY.dump_python(reply, mode="json"),
            once,
        )
        self.rings.append(RelayRing(address.channel))

    async def show(self, shown: Sequence[Shown]) -> None:
        """Promise that the one message of each slot says this; states in between may never be shown."""
        await self.connection.execute(
            "insert into replies (channel, conversation, thread, body, slot)"
            " select channel, conversation, thread, body::jsonb, slot from unnest($1::text[], $2::text[], $3::text[],"
            " $4::text[], $5::text[]) as shown (channel, conversation, thread, body, slot)"
            " on conflict (slot) do update set body = excluded.body, version = replies.version + 1"
            " where replies.body <> excluded.body",
            [each.address.channel for each in shown],
            [each.address.conversation for each in shown],
            [each.address.thread for each in shown],
            [_REPLY.dump_json(each.reply).decode() for each in shown],
            [each.slot for each in shown],
        )
        self.rings.extend(RelayRing(each.address.channel) for each in shown)

    async def claim(self, channel: Channel, lease: timedelta, limit: int) -> list[PromisedReply]:
        """Take what is due. A conversation hears its first messages in order; edits may overtake.

        The claim itself schedules the next attempt, so a relay that dies is survived.
        """
        rows = await self.connection.fetch(
            "update replies set attempts = attempts + 1, next_attempt_at = now() + $2 where id in ("
            " select id from replies due where channel = $1 and sent_version < version and abandoned_at is null"
            "  and next_attempt_at <= now() and not exists ("
            "   select 1 from replies earlier where earlier.channel = due.channel and due.sent_version = 0"
            "    and earlier.conversation = due.conversation and earlier.id < due.id"
            "    and earlier.sent_version = 0 and earlier.abandoned_at is null)"
            "  order by id limit $3 for update skip locked) returning *",
            channel,
            lease,
            limit,
        )
        claimed = [await self._read(row) for row in sorted(rows, key=lambda row: row["id"])]
        return [promised for promised in claimed if promised is not None]

    async def _read(self, row: Record) -> PromisedReply | None:
        try:
            reply = _REPLY.validate_python(row["body"])
        except ValidationError as error:
            # Written by another version of Cadence. It must not keep those behind it waiting.
            _log.error("reply_unreadable", reply=row["id"], errors=error.error_count())
            await self._abandon(row["id"])
            return None
        address = Address(Channel(row["channel"]), row["conversation"], row["thread"])
        news = row["slot"] is None and not row["once"].startswith(ANSWER)
        return PromisedReply(row["id"], row["version"], address, reply, row["attempts"], row["message"], news)

    async def settle(self, promised: PromisedReply, message: str, rest: timedelta) -> None:
        """It was delivered as ``message``. A newer version of it waits for ``rest`` before it is shown."""
        await self.connection.execute(
            "update replies set sent_version = $2, message = $3, attempts = 0, sent_at = now(),"
            " next_attempt_at = now() + $4 where id = $1",
            promised.id,
            promised.version,
            message,
            rest,
        )

    async def postpone(self, promised: PromisedReply, wait: timedelta) -> None:
        """It could not be delivered; try again after ``wait``."""
        await self.connection.execute(
            "update replies set next_attempt_at = now() + $2 where id = $1", promised.id, wait
        )

    async def abandon(self, promised: PromisedReply) -> None:
        """It will never be delivered."""
        await self._abandon(promised.id)

    async def _abandon(self, reply_id: int) -> None:
        await self.connection.execute("update replies set abandoned_at = now() where id = $1", reply_id)

    async def undelivered(self, person_id: UUID, age: timedelta) -> dict[Channel, int]:
        """How many replies of late never reached a person in a chat of their own."""
        rows = await self.connection.fetch(
            "select replies.channel, count(*) from replies join identities"
            " on identities.channel = replies.channel and identities.external_id = replies.conversation"
            " where identities.person_id = $1 and abandoned_at > now() - $2::interval group by replies.channel",
            person_id,
            age,
        )
        return {Channel(row["channel"]): row["count"] for row in rows}

    async def in_conversation(self, address: Address, after: int) -> list[tuple[int, int, Reply]]:
        """What was promised to an app's conversation after ``after``: id, version and reply, oldest first."""
        rows = await self.connection.fetch(
            "select id, version, body from replies where channel = $1 and conversation = $2 and id > $3 order by id",
            address.channel,
            address.conversation,
            after,
        )
        return [(row["id"], row["version"], _REPLY.validate_python(row["body"])) for row in rows]
