"""Which server to ask for: whatever of the provider's own list can do the work, the cheapest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# Where the cheapest cannot be had, a dearer one will do, but not at any price.
_DEAREST: Final = 2


@dataclass(frozen=True, slots=True)
class Need:
    """The least that a server has to have. Memory and disk are in GB."""

    cores: int = 2
    memory: float = 4
    disk: float = 40
    architecture: str = "x86"


@dataclass(frozen=True, slots=True)
class Offer:
    """A type of server in one location, with what it costs a month, taxes included. Memory and disk are in GB."""

    server_type: str
    location: str
    cores: int
    memory: float
    disk: float
    architecture: str
    monthly_price: Decimal

    def is_of(self, server_type: str, location: str) -> bool:
        """Whether a server of this type in this location is what it offers."""
        return (self.server_type, self.location) == (server_type, location)


def choose(offers: Iterable[Offer], need: Need, locations: Sequence[str]) -> list[Offer]:
    """Every offer that is enough, in the order to ask for it: by price, then by ``locations``, the preferred first."""
    enough = [
        offer
        for offer in offers
        if offer.cores >= need.cores
        and offer.memory >= need.memory
        and offer.disk >= need.disk
        and offer.architecture == need.architecture
        and offer.location in locations
    ]
    enough.sort(key=lambda offer: (offer.monthly_price, locations.index(offer.location)))
    return [offer for offer in enough if offer.monthly_price <= _DEAREST * enough[0].monthly_price]
