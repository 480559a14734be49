"""``/healthz``, ``/readyz`` and ``/metrics``: is this process alive, can it work, and how is it doing."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from quart import Blueprint, Response, ResponseReturnValue

from core.store.database import Database


def health_routes(database: Database) -> Blueprint:
    """For whoever watches over us."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    async def alive() -> ResponseReturnValue:
        return {"alive": True}

    @routes.get("/readyz")
    async def ready() -> ResponseReturnValue:
        async with database.transaction() as tx:
            machines = await tx.machines.names_seen()
        return {"ready": True, "machines": machines}

    @routes.get("/metrics")
    async def metrics() -> ResponseReturnValue:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return routes
