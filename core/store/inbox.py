"""Messages, written down before they are acknowledged and leased while they are handled."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from asyncpg import Record
from pydantic import TypeAdapter, ValidationError

from core.model.messages import Address, Channel, Content, InboundMessage, Spoken
from core.store.connection import Connection

_log = structlog.get_logger(__name__)
_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


@dataclass(frozen=True, slots=True)
class InboxTable:
    """The table ``inbox``."""

    connection: Connection

    async def accept(self, message: InboundMessage) -> UUID:
        """Write a message down and return its id; a redelivery finds the row that is there."""
        content, audio = _without_audio(message.content)
        await self.connection.execute(
            "insert into inbox (id, key, sender_id, channel, conversation, thread, content, audio, received_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (key) do nothing",
            message.id,
            message.key,
            message.sender_id,
            message.reply_to.channel,
            message.reply_to.conversation,
            message.reply_to.thread,
            _CONTENT.dump_python(content, mode="json"),
            audio,
            message.received_at,
        )
        return await self.connection.fetchval("select id from inbox where key = $1", message.key)

    async def sent_by(self, message_id: UUID, channel: Channel, sender_id: str) -> bool | None:
        """Whether a message of this sender's has been dealt with; None when they have sent no such message."""
        row = await self.connection.fetchrow(
            "select handled_at is not null as done from inbox where id = $1 and channel = $2 and sender_id = $3",
            message_id,
            channel,
            sender_id,
        )
        return None if row is None else row["done"]

    async def lease(self, channel: Channel, lease: timedelta, limit: int) -> list[tuple[InboundMessage, int]]:
        """Take messages that nobody is handling, oldest first, each with the number of this attempt."""
        rows = await self.connection.fetch(
            "update inbox set leased_until = now() + $2, attempts = attempts + 1 where id in ("
            " select id from inbox where channel = $1 and handled_at is null"
            "  and (leased_until is null or leased_until < now())"
            "  order by received_at limit $3 for update skip locked) returning *",
            channel,
            lease,
            limit,
        )
        leased = [(await self._read(row), row["attempts"]) for row in sorted(rows, key=lambda row: row["received_at"])]
        return [(message, attempt) for message, attempt in leased if message is not None]

    async def _read(self, row: Record) -> InboundMessage | None:
        try:
            return _message(row)
        except ValidationError as error:
            # Written by another version of Cadence. It must not keep those behind it waiting.
            _log.error("message_unreadable", message=str(row["id"]), errors=error.error_count())
            await self.settle(row["id"])
            return None

    async def renew(self, message_id: UUID, lease: timedelta) -> None:
        """Still at it."""
        await self.connection.execute(
            "update inbox set leased_until = now() + $2 where id = $1 and handled_at is null", message_id, lease
        )

    async def settle(self, message_id: UUID) -> None:
        """The message has been dealt with; its recording is not kept."""
        await self.connection.execute(
            "update inbox set handled_at = now(), leased_until = null, audio = null where id = $1", message_id
        )


def _without_audio(content: Content) -> tuple[Content, bytes | None]:
    match content:
        case Spoken(clip):
            return dataclasses.replace(content, clip=dataclasses.replace(clip, data=None)), clip.data
        case _:
            return content, None


def _message(row: Record) -> InboundMessage:
    content = _CONTENT.validate_python(row["content"])
    if isinstance(content, Spoken):
        content = dataclasses.replace(content, clip=dataclasses.replace(content.clip, data=row["audio"]))
    return InboundMessage(
        id=row["id"],
        key=row["key"],
        sender_id=row["sender_id"],
        reply_to=Address(Channel(row["channel"]), row["conversation"], row["thread"]),
        content=content,
        received_at=row["received_at"],
    )
