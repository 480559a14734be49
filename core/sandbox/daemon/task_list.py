"""The agent's own task list, read off what its tools answer."""

from dataclasses import dataclass, field
from typing import Final

from claude_agent_sdk import ToolUseBlock
from pydantic import BaseModel, ValidationError

from core.model.agent import PlannedTask

_LONGEST: Final = 120


class _Task(BaseModel):
    id: str
    subject: str


class _Created(BaseModel):
    task: _Task


@dataclass(slots=True)
class TaskList:
    """In the order in which the tasks were made."""

    _tasks: dict[str, PlannedTask] = field(default_factory=dict[str, PlannedTask])

    def after(self, use: ToolUseBlock, result: object) -> tuple[PlannedTask, ...] | None:
        """The list after a tool call that went well; None when the call has not changed it."""
        try:
            match use.name:
                case "TaskCreate":
                    made = _Created.model_validate(result).task
                    self._tasks[made.id] = PlannedTask(made.subject[:_LONGEST])
                case "TaskUpdate":
                    self._update(str(use.input.get("taskId", "")), str(use.input.get("status", "")))
                case _:
                    return None
        except ValidationError:
            return None  # A newer CLI answers in another shape: the steps alone tell how far it is.
        return tuple(self._tasks.values())

    def _update(self, task_id: str, status: str) -> None:
        task = self._tasks.get(task_id)
        if status == "deleted":
            self._tasks.pop(task_id, None)
        elif task is not None and status:
            self._tasks[task_id] = PlannedTask(task.subject, done=status == "completed")
