"""Commands as understood, in the shape of the user's data model."""

from dataclasses import dataclass
from typing import Any, assert_never
from uuid import UUID

from core.model.command import (
    AnswerQuestion,
    CheckStatus,
    CreateAgent,
    CreateSchedule,
    DeleteSchedules,
    Intent,
    ListSchedules,
    MessageAgent,
    PauseAgent,
    PauseSchedules,
    RaiseBudget,
    ResumeAgent,
    ResumeSchedules,
    SetPlanFirst,
    StopAgent,
    Unclear,
    VoiceCommand,
)
from core.store.connection import Connection
from core.store.schedules import rhythm_shape


@dataclass(frozen=True, slots=True)
class Heard:
    """How many seconds of speech, and for how many dollars."""

    seconds: float
    dollars: float


@dataclass(frozen=True, slots=True)
class CommandTable:
    """The table ``commands``."""

    connection: Connection

    async def record(self, command: VoiceCommand, message_id: UUID, person_id: UUID, cost: float | None = None) -> None:
        """Keep a command, and the dollars that reading it has cost; handling the message again changes nothing."""
        usage, said = command.usage, command.transcript
        await self.connection.execute(
            "insert into commands (id, message_id, person_id, transcript, raw_transcript, intent, entities,"
            " confidence, processing_ms, at, model, input_tokens, cached_tokens, output_tokens, model_ms, cost,"
            " hearer, heard_seconds, hearing_cost)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
            " on conflict (message_id) do nothing",
            command.id,
            message_id,
            person_id,
            said.text,
            said.raw,
            command.intent.kind,
            entities(command.intent),
            command.confidence,
            command.processing_ms,
            command.timestamp,
            usage and usage.model,
            usage and usage.input_tokens,
            usage and usage.cached_tokens,
            usage and usage.output_tokens,
            usage and usage.ms,
            cost,
            said.provider,
            said.seconds,
            said.dollars,
        )

    async def heard_this_month(self, person_id: UUID) -> Heard:
        """What listening to a person has come to since the month began, by UTC."""
        row = await self.connection.fetchrow(
            "select coalesce(sum(heard_seconds), 0) as seconds, coalesce(sum(hearing_cost), 0) as dollars from commands"
            " where person_id = $1 and at >= date_trunc('month', now() at time zone 'utc') at time zone 'utc'",
            person_id,
        )
        return Heard(row["seconds"], row["dollars"]) if row else Heard(0, 0)

    async def of_message(self, message_id: UUID) -> dict[str, Any] | None:
        """What was understood of a message, in the user's field names; None while nothing has been."""
        row = await self.connection.fetchrow(
            "select id, transcript, intent, entities, confidence, processing_ms as processing_time_ms,"
            " at as timestamp from commands where message_id = $1",
            message_id,
        )
        return None if row is None else dict(row)


def entities(intent: Intent) -> dict[str, object]:
    """What an intent is about, in the user's field names."""
    match intent:
        case CreateAgent(repo, task, branch, plan_first):
            base = branch or repo.default_branch
            return {"repoUrl": repo.url, "taskDescription": task, "branch": base, "planFirst": plan_first}
        case CheckStatus(agents) | PauseAgent(agents) | ResumeAgent(agents) | StopAgent(agents):
            return _which(agents)
        case AnswerQuestion(agent, text) | MessageAgent(agent, text):
            return {"agentId": str(agent), "text": text if isinstance(text, str) else f"option {text.option}"}
        case RaiseBudget(agent, purse, dollars):
            return {"agentId": str(agent), "purse": purse, "dollars": dollars}
        case CreateSchedule(repo, task, rhythm, branch):
            base = branch or repo.default_branch
            return {"repoUrl": repo.url, "taskDescription": task, "branch": base, "rhythm": rhythm_shape(rhythm)}
        case ListSchedules():
            return {}
        case SetPlanFirst(wanted):
            return {"planFirst": wanted}
        case PauseSchedules(numbers) | ResumeSchedules(numbers) | DeleteSchedules(numbers):
            return {"schedules": list(numbers)}
        case Unclear(doubt, options):
            return {"doubt": doubt, "options": list(options)}
        case _:
            assert_never(intent)


def _which(agents: tuple[UUID, ...]) -> dict[str, object]:
    match agents:
        case ():
            return {}
        case (agent,):
            return {"agentId": str(agent)}
        case _:
            return {"agentIds": [str(agent) for agent in agents]}
