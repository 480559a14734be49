"""What servers of this installation have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.sandbox.hetzner.choice import Need
from core.sandbox.hetzner.cloud_init import Source, user_data


@dataclass(frozen=True, slots=True)
class ServerKind:
    """``environment`` tells installations in one project apart; ``locations`` are tried in their order."""

    environment: str
    control_url: str
    source: Source
    image: str = "debian-13"
    need: Need = field(default_factory=Need)
    locations: Sequence[str] = ("fsn1", "nbg1", "hel1")

    @property
    def firewall(self) -> str:
        """The name of the firewall that lets nothing in."""
        return f"cadence-{self.environment}"

    @property
    def selector(self) -> str:
        """What the labels of our servers say, and nobody else's."""
        return f"managed-by=cadence,environment={self.environment}"

    def labels(self, **more: str) -> dict[str, str]:
        """The labels of one of ours."""
        return {"managed-by": "cadence", "environment": self.environment, **more}

    def name(self, machine_id: UUID) -> str:
        """A name that only this machine has."""
        return f"cadence-{self.environment}-{machine_id.hex[:20]}"

    def user_data(self, name: str, enrolment: str) -> str:
        """What a new server is told to make of itself."""
        return user_data(self.source, self.control_url, enrolment, name)
