"""What servers at Hetzner cost a month, in the currency of the account, taxes included."""

from decimal import Decimal

from core.model.errors import Refusal
from core.sandbox.hetzner.api import HetznerApi
from core.sandbox.hetzner.choice import Need, choose
from core.settings import HetznerSettings


async def price_up(api: HetznerApi, settings: HetznerSettings) -> str:
    """What one more server would cost, and what those that there are cost. Raises Refusal when none is to be had."""
    offers = await api.offers()
    need = Need(settings.cores, settings.memory, settings.disk, settings.architecture)
    enough = choose(offers, need, settings.locations.split(","))
    if not enough:
        raise Refusal("Hetzner has no server as HCLOUD_MIN_… and HCLOUD_LOCATIONS want it: ask for less.")
    first = enough[0]
    servers = await api.labelled(f"managed-by=cadence,environment={settings.environment}")
    prices = {(each.server_type, each.location): each.monthly_price for each in offers}
    # A type that is no longer sold has no price on the list; nobody should take its absence for nothing.
    known = [prices[key] for each in servers if (key := (each.server_type, each.location)) in prices]
    unknown = f", and {len(servers) - len(known)} whose price is not listed" if len(known) < len(servers) else ""
    return (
        f"{first.monthly_price} a month for a server ({first.server_type} in {first.location});"
        f" {len(servers)} there now, {sum(known, Decimal(0))} a month together{unknown}"
    )
