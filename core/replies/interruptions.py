"""Sentences about agents whose work is interrupted, and goes on."""

from core.model.agent import Agent, Parking
from core.model.messages import Reply
from core.replies.buttons import answer_buttons, resume_button, stop_button
from core.replies.wording import number, repo


def parked(agent: Agent, why: Parking, *, saved: bool) -> Reply:
    """The agent has given its machine back and waits for its person."""
    kept = "Its work and its memory are saved." if saved else "What it had not pushed could not be saved."
    match why:
        case Parking.PAUSED:
            text = f"{agent.name} on {repo(agent)} stays paused and has given its machine back. {kept}"
            return Reply(text, actions=(resume_button(agent.id), stop_button(agent.id)))
        case Parking.UNANSWERED:
            asked = agent.question.text.partition("\n")[0] if agent.question else ""
            text = f"{agent.name} on {repo(agent)} still waits for your answer: {asked}"
            answers = answer_buttons(agent.id, agent.question) if agent.question else ()
            return Reply(text, detail=f"It has given its machine back. {kept}", actions=answers)
        case Parking.BUDGET:
            text = f"{agent.name} on {repo(agent)} is paused: there is no money left for it. {kept}"
            return Reply(text, actions=(resume_button(agent.id), stop_button(agent.id)))


def restored(agent: Agent, files: int) -> Reply:
    """The agent goes on from where it was; what it had changed has been compared."""
    if files == 0:
        return Reply(f"{agent.name} on {repo(agent)} goes on where it left off.")
    changes = "one changed file is" if files == 1 else f"{number(files)} changed files are"
    return Reply(f"{agent.name} on {repo(agent)} goes on where it left off: {changes} back as it left them.")


def started_over(agent: Agent, reason: str) -> Reply:
    """The agent's memory is gone; what was pushed is all there is."""
    return Reply(f"{agent.name} on {repo(agent)} had to start over from what was pushed. {reason}")
