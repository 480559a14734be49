"""How far an agent has come, judged by what its run reports as it goes along."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, assert_never

from core.model.agent import Agent, Phase, PlannedTask
from core.model.event import Blocked, PhaseEntered, Said, Started, StepTaken

_BEGUN: Final = {Phase.PROVISIONING: 5, Phase.CLONING: 10, Phase.WORKING: 15, Phase.PUBLISHING: 90}
_A_STEP: Final = 5
_MOST_WHILE_WORKING: Final = 85

Routine = Started | PhaseEntered | StepTaken | Blocked | Said


def noted(agent: Agent, happening: Routine) -> Agent:
    """The agent, as far as people see it at work, after one more happening that changes nothing else."""
    match happening:
        case Started():
            return in_phase(agent, Phase.PROVISIONING)
        case PhaseEntered(phase):
            return in_phase(agent, phase)
        case StepTaken(_, summary):
            working = replace(in_phase(agent, Phase.WORKING), step=summary)
            # Who keeps a list of tasks is as far as the list says.
            further = min(_MOST_WHILE_WORKING, working.progress + _A_STEP)
            return working if agent.tasks else replace(working, progress=max(working.progress, further))
        case Blocked(what):
            return replace(agent, step=f"blocked: {what}")
        case Said():
            return agent
        case _:
            assert_never(happening)


def in_phase(agent: Agent, phase: Phase) -> Agent:
    """The agent once it has entered a phase. Progress never goes back."""
    return replace(agent, phase=phase, progress=max(agent.progress, _BEGUN.get(phase, 0)))


def as_listed(agent: Agent, tasks: Sequence[PlannedTask]) -> Agent:
    """The agent once it has brought its list of tasks up to date."""
    begun = _BEGUN[Phase.WORKING]
    done = sum(task.done for task in tasks)
    reached = begun + (_MOST_WHILE_WORKING - begun) * done // max(1, len(tasks))
    working = in_phase(agent, Phase.WORKING)
    return replace(working, progress=max(working.progress, reached))
