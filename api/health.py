"""``/healthz``, ``/readyz`` and ``/metrics``: is this process alive, can it work, and how is it doing."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from quart import Blueprint, Response, ResponseReturnValue

from api.contract import Answer, View, about, answers
from core.store.database import Database


class Alive(View):
    """This process answers."""

    alive: bool


class Ready(View):
    """It can work: its database answers, and these machines are connected."""

    ready: bool
    machines: list[str]


def health_routes(database: Database) -> Blueprint:
    """For whoever watches over us."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    @answers(Alive)
    @about("Health")
    async def alive() -> Answer:
        """Ask whether this process is alive."""
        return Alive(alive=True)

    @routes.get("/readyz")
    @answers(Ready)
    @about("Health")
    async def ready() -> Answer:
        """Ask whether it can work."""
        async with database.transaction() as tx:
            machines = await tx.machines.names_seen()
        return Ready(ready=True, machines=machines)

    @routes.get("/metrics")
    async def metrics() -> ResponseReturnValue:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return routes
