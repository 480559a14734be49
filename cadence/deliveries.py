"""Webhook deliveries, for whoever runs an installation."""

from rich.console import Console

from core.model.errors import Refusal
from core.model.ring import Ring
from core.settings import CoreSettings
from core.store.database import open_database


async def replay_delivery(settings: CoreSettings, key: str, console: Console) -> None:
    """``cadence replay``: the worker, which looks every few seconds, handles it once more."""
    async with open_database(settings.database_url, _nobody, connections=1) as db, db.transaction() as tx:
        known = await tx.deliveries.again(key)
    if not known:
        raise Refusal(f"There is no delivery {key} of the last fourteen days. GitHub can send it again.")
    console.print(f"{key} is handled once more.")


async def _nobody(_ring: Ring) -> None:
    """Nothing is rung."""
