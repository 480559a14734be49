"""The page that ``cadence up`` opens on: what is connected, and what the agents are doing."""

from quart import Blueprint, ResponseReturnValue, render_template

from api.agents import local_agents
from api.auth import LocalSignIn
from core.store.database import Database


def home_routes(sign_in: LocalSignIn, database: Database, connected: tuple[str, ...]) -> Blueprint:
    """One page, reloaded every few seconds."""
    routes = Blueprint("home", __name__)

    @routes.get("/")
    async def home() -> ResponseReturnValue:
        signed_in = sign_in.sign_in()
        if signed_in is not None:
            return signed_in
        sign_in.require()
        async with database.transaction() as tx:
            machines = await tx.machines.names_seen()
        return await render_template(
            "home.html", agents=await local_agents(database), machines=machines, connected=connected
        )

    return routes
