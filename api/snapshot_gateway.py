"""``/gateway/snapshot``: what a run knows and has not pushed, kept for whichever machine goes on with it."""

from typing import Final

from quart import Blueprint, Response, ResponseReturnValue, request

from api.gateway import Porter, refusal
from core.store.database import Database

_LARGEST: Final = 32 << 20


def snapshot_routes(porter: Porter, database: Database) -> Blueprint:
    """One archive an agent, opened by the token of its current run."""
    routes = Blueprint("snapshot_gateway", __name__, url_prefix="/gateway/snapshot")

    @routes.put("")
    async def keep() -> ResponseReturnValue:
        agent = await porter.admit_bearer()
        if agent is None:
            return refusal(403, "This run is over, or the token is not one of ours.")
        archive = await request.get_data(cache=False, as_text=False, parse_form_data=False)
        if not 0 < len(archive) <= _LARGEST:
            return refusal(413, "A snapshot has at most 32 megabytes, and is not empty.")
        async with database.transaction() as tx:
            await tx.snapshots.keep(agent.id, agent.leg, archive)
        return Response(status=204)

    @routes.get("")
    async def bring_back() -> ResponseReturnValue:
        agent = await porter.admit_bearer()
        if agent is None:
            return refusal(403, "This run is over, or the token is not one of ours.")
        async with database.transaction() as tx:
            archive = await tx.snapshots.get(agent.id)
        if archive is None:
            return refusal(404, "Nothing has been kept for this agent.")
        return Response(archive, content_type="application/octet-stream")

    return routes
