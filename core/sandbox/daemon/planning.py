"""Plan first: an agent that was asked to changes nothing before its person has agreed to what it wants to do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from core.model.event import Happening, PlanApproved

Ask = Callable[[str, tuple[str, ...]], Awaitable[str]]

_GO_AHEAD: Final = "Go ahead"
_NOT_LIKE_THIS: Final = "Not like this"
_AGREED: Final = frozenset(
    "go ahead;go;yes;yes please;yes go ahead;yep;yeah;ok;okay;sure;do it;yes do it;fine;sounds good;looks good;"
    "approved;approve;good plan;perfect;start".split(";")
)
_HARMLESS: Final = frozenset({"Read", "Glob", "Grep", "TaskCreate", "TaskUpdate", "TaskList", "AskUserQuestion"})
_OURS: Final = "mcp__cadence__"


@dataclass(slots=True)
class Planning:
    """One run's. While ``needed``, tools that could change something are refused."""

    needed: bool
    ask: Ask
    report: Callable[[Happening], None]

    def objection(self, tool: str) -> str | None:
        """Why a tool may not be used yet; None when it may."""
        if not self.needed or tool in _HARMLESS or tool.startswith(_OURS):
            return None
        return "Nothing may be changed or run yet: read what you need, call propose_plan, and wait for the answer."

    async def propose(self, plan: str) -> str:
        """Put a plan to the person; what the agent is told."""
        if not self.needed:
            return "The plan has been agreed to already. Carry it out."
        answer = await self.ask(f"Shall I go ahead with this plan?\n\n{plan}", (_GO_AHEAD, _NOT_LIKE_THIS))
        if _is_agreement(answer):
            self.needed = False
            self.report(PlanApproved())
            return "The person agrees. Carry the plan out."
        return f"The person does not agree yet. They say: {answer}\nChange the plan, or ask, and propose it again."


def _is_agreement(answer: str) -> bool:
    words = "".join(letter if letter.isalpha() else " " for letter in answer.lower())
    return " ".join(words.split()) in _AGREED
