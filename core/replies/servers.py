"""Sentences about the servers that people have of their own."""

from datetime import datetime
from typing import Final

from core.model.messages import Reply

BEING_MADE: Final = "This agent's server is being set up, which takes some minutes."
NOT_ANSWERING: Final = "This agent's server does not answer just now."
FAILED: Final = (
    "Your server could not be set up. Whoever runs this Cadence can see why in its log; in an hour you can try again."
)


def leaving(when: datetime) -> Reply:
    """The plan has ended, and so will the server."""
    return Reply(
        f"Your server stays until {when:%B} {when.day} and is then deleted, because your plan no longer has one.",
        detail="Nothing of your repositories is lost with it. If you are back on the pro plan before, it stays.",
    )


def staying() -> Reply:
    """The plan is back in time."""
    return Reply("Your server stays: you are on the pro plan again.")


def failed() -> Reply:
    """Nobody should wait for it any longer."""
    return Reply(FAILED)
