"""Reads an agent from its row."""

from typing import Any

from asyncpg import Record

from core.model.agent import Agent, AgentMetadata, Parking, Phase, PlannedTask, Question, Status, WorkReport
from core.model.context import Priority, RelevantFile
from core.model.messages import Address, Channel


def maybe_agent(row: Record | None) -> Agent | None:
    """The agent of a row, if there is a row."""
    return None if row is None else read_agent(row)


def read_agent(row: Record) -> Agent:
    """The agent of a row of the table ``agents``."""
    return Agent(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        user_id=row["person_id"],
        repo_url=row["repo_url"],
        repo_name=row["repo_name"],
        branch=row["branch"],
        task_description=row["task_description"],
        status=Status(row["status"]),
        phase=Phase(row["phase"]),
        progress=row["progress"],
        model=row["model"],
        source=Channel(row["channel"]),
        reply_to=Address(Channel(row["channel"]), row["conversation"], row["thread"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        completed_at=row["completed_at"],
        leg=row["leg"],
        losses=row["losses"],
        round=row["round"],
        machine_id=row["machine_id"],
        schedule_id=row["schedule_id"],
        step=row["step"],
        failure=row["failure"],
        question=_question(row["question"]),
        parked=Parking(row["parked"]) if row["parked"] else None,
        plan_first=row["plan_first"],
        report=WorkReport(**row["report"]) if row["report"] else None,
        tasks=tuple(PlannedTask(**task) for task in row["tasks"]),
        behind=row["behind"],
        conflicts=tuple(row["conflicts"]),
        relevant_files=_relevant(row["relevant_files"]),
        metadata=AgentMetadata(
            files_changed=row["files_changed"],
            lines_added=row["lines_added"],
            lines_removed=row["lines_removed"],
            pr_url=row["pr_url"],
            estimated_cost=row["estimated_cost"],
        ),
    )


def _question(kept: dict[str, Any] | None) -> Question | None:
    return None if kept is None else Question(kept["leg"], kept["seq"], kept["text"], tuple(kept["options"]))


def _relevant(kept: list[dict[str, Any]]) -> tuple[RelevantFile, ...]:
    return tuple(
        RelevantFile(each["path"], each["reason"], Priority(each["priority"]), each["score"], tuple(each["lines"]))
        for each in kept
    )
