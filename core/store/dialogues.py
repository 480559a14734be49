"""What is open between us and each person, and what every message came to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from core.model.dialogue import Memory, Step, Turn
from core.model.messages import Transcript
from core.store.connection import Connection

_MEMORY: Final = TypeAdapter(Memory)
_STEP: Final = TypeAdapter(Step)
_TRANSCRIPT: Final = TypeAdapter(Transcript)
# After that, "it" is nothing in particular any more.
_REMEMBERED: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DialogueTable:
    """The tables ``dialogues`` and ``turns``."""

    connection: Connection

    async def turn(self, person_id: UUID, message_id: UUID) -> Turn:
        """The person's memory as this message finds it, or what the message came to when it was handled before."""
        known = await self.connection.fetchrow("select step, transcript from turns where message_id = $1", message_id)
        row = await self.connection.fetchrow(
            "select memory, version, changed_at > now() - $2::interval as fresh from dialogues where person_id = $1",
            person_id,
            _REMEMBERED,
        )
        return Turn(
            memory=_MEMORY.validate_python(row["memory"]) if row and row["fresh"] else Memory(),
            version=row["version"] if row else 0,
            known=_STEP.validate_python(known["step"]) if known else None,
            transcript=_TRANSCRIPT.validate_python(known["transcript"]) if known else None,
        )

    async def advance(self, person_id: UUID, turn: Turn, memory: Memory, *, relies: bool) -> bool:
        """Remember this from now on.

        False when it ``relies`` on what this turn found and another message was quicker: nothing is answered twice.
        """
        status = await self.connection.execute(
            "insert into dialogues (person_id, memory, version) values ($1, $2, $3 + 1) on conflict (person_id)"
            " do update set memory = excluded.memory, version = dialogues.version + 1, changed_at = now()"
            " where not $4 or dialogues.version = $3",
            person_id,
            _MEMORY.dump_python(memory, mode="json"),
            turn.version,
            relies,
        )
        return status == "INSERT 0 1"

    async def record(self, message_id: UUID, step: Step, transcript: Transcript) -> None:
        """Keep what a message came to: handled again, it comes to the same."""
        await self.connection.execute(
            "insert into turns (message_id, step, transcript) values ($1, $2, $3) on conflict do nothing",
            message_id,
            _STEP.dump_python(step, mode="json"),
            _TRANSCRIPT.dump_python(transcript, mode="json"),
        )
