"""What to wake after a commit. A ring carries ids only, and losing one costs seconds: the sweeps find the row."""

from dataclasses import dataclass
from uuid import UUID

from core.model.messages import Channel


@dataclass(frozen=True, slots=True)
class RelayRing:
    """There is a reply to deliver in this channel."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class MachineRing:
    """What this machine should be doing has changed."""

    machine_id: UUID


@dataclass(frozen=True, slots=True)
class JobRing:
    """This agent needs this job done."""

    job: str
    agent_id: UUID


@dataclass(frozen=True, slots=True)
class WatchRing:
    """Something has changed that this person may be watching."""

    person_id: UUID


Ring = RelayRing | MachineRing | JobRing | WatchRing
