"""Sentences about agents whose work is interrupted, and goes on."""

from core.model.agent import Agent, Parking
from core.model.messages import Reply
from core.replies.buttons import answer_buttons, resume_button, stop_button
from core.replies.spoken import number, repo


def parked(agent: Agent, *, saved: bool) -> Reply:
    """The agent has given its machine back and waits for its person: for a word, or for the answer to its question."""
    kept = "Its work and its memory are saved." if saved else "What it had not pushed could not be saved."
    if agent.parked is Parking.UNANSWERED and agent.question is not None:
        asked = agent.question.text.partition("\n")[0]
        return Reply(
            f"{agent.name} on {repo(agent)} still waits for your answer: {asked}",
            detail=f"It has given its machine back. {kept}",
            actions=answer_buttons(agent.id, agent.question),
        )
    return Reply(
        f"{agent.name} on {repo(agent)} stays paused and has given its machine back. {kept}",
        actions=(resume_button(agent.id), stop_button(agent.id)),
    )


def restored(agent: Agent, files: int) -> Reply:
    """The agent goes on from where it was; what it had changed has been compared."""
    if files == 0:
        return Reply(f"{agent.name} on {repo(agent)} goes on where it left off.")
    changes = "one changed file is" if files == 1 else f"{number(files)} changed files are"
    return Reply(f"{agent.name} on {repo(agent)} goes on where it left off: {changes} back as it left them.")


def started_over(agent: Agent, reason: str) -> Reply:
    """The agent's memory is gone; what was pushed is all there is."""
    return Reply(f"{agent.name} on {repo(agent)} had to start over from what was pushed. {reason}")
