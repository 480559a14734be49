"""The page that ``cadence up`` opens on: what is connected, and what the agents are doing."""

from quart import Blueprint, ResponseReturnValue, abort, render_template

from api.auth import LOCAL, LocalSignIn
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
            person = await tx.people.who_is(LOCAL)
            if person is None:
                abort(404, "Nobody is signed in on this computer.")
            agents = await tx.agents.of(person.id)
        return await render_template("home.html", agents=agents, machines=machines, connected=connected)

    return routes
