"""What a button's token says, written and read in one place."""

from uuid import UUID

from core.model.command import CheckStatus, Doubt, Intent, PauseAgent, ResumeAgent, StopAgent, Unclear
from core.model.messages import Action

_VERBS: dict[str, type[PauseAgent | ResumeAgent | StopAgent | CheckStatus]] = {
    "pause": PauseAgent,
    "resume": ResumeAgent,
    "stop": StopAgent,
    "status": CheckStatus,
}


def stop_button(agent_id: UUID) -> Action:
    """Ends the agent."""
    return Action("Stop", f"stop:{agent_id}")


def pause_button(agent_id: UUID) -> Action:
    """Holds the agent."""
    return Action("Pause", f"pause:{agent_id}")


def resume_button(agent_id: UUID) -> Action:
    """Lets the agent go on."""
    return Action("Resume", f"resume:{agent_id}")


def read_button(token: str) -> Intent:
    """What a pressed button asks for. A button that we never made asks for nothing."""
    verb, _, agent_id = token.partition(":")
    try:
        return _VERBS[verb]((UUID(agent_id),))
    except (KeyError, ValueError):
        return Unclear(Doubt.NOT_A_COMMAND)
