"""Hetzner's API over HTTP, in the shapes of its description."""

from typing import Final

from quart import Quart, Response, jsonify, request

from cadence.simulated_hetzner.state import LOCATIONS, Hetzner, Json

_PER_HOUR: Final = 3600
_LARGEST_USER_DATA: Final = 32 << 10


def simulated_hetzner(hetzner: Hetzner) -> Quart:
    """The API below ``/v1``."""
    app = Quart(__name__)

    @app.before_request
    async def admit() -> Response | None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        if request.headers.get("Authorization") != f"Bearer {hetzner.token}":
            return _error(401, "unauthorized")
        if hetzner.allowance is not None:
            if hetzner.allowance <= 0:
                hetzner.allowance = _PER_HOUR
                return _error(429, "rate_limit_exceeded")
            hetzner.allowance -= 1
        mood = hetzner.mood(request.endpoint or "")
        return None if mood is None else _error(*mood)

    @app.after_request
    async def finish(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        if request.endpoint in hetzner.lost_answers:
            hetzner.lost_answers.remove(request.endpoint)
            response = _error(502, "bad_gateway")
        left = _PER_HOUR if hetzner.allowance is None else hetzner.allowance
        response.headers["RateLimit-Limit"], response.headers["RateLimit-Remaining"] = str(_PER_HOUR), str(left)
        return response

    @app.after_serving
    async def end() -> None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        await hetzner.end_all()

    _serve_what_there_is(app, hetzner)
    _serve_making(app, hetzner)
    _serve_servers(app, hetzner)
    return app


def _serve_what_there_is(app: Quart, hetzner: Hetzner) -> None:
    @app.get("/v1/server_types")
    async def server_types() -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        return _page("server_types", list(hetzner.types.values()))

    @app.get("/v1/firewalls")
    async def firewalls() -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        name = request.args.get("name")
        return _page("firewalls", [each for each in hetzner.firewalls.values() if name in {None, each["name"]}])

    @app.get("/v1/servers")
    async def servers() -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        return _page("servers", hetzner.listed(request.args.get("name"), request.args.get("label_selector")))


def _serve_making(app: Quart, hetzner: Hetzner) -> None:
    @app.post("/v1/firewalls")
    async def create_firewall() -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        asked = await request.get_json()
        if asked["name"] in hetzner.firewalls:
            return _error(409, "uniqueness_error")
        return _json({"firewall": hetzner.new_firewall(asked), "actions": []}, 201)

    @app.post("/v1/servers")
    async def create_server() -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        asked = await request.get_json()
        firewalls = {each["id"] for each in hetzner.firewalls.values()}
        known = asked["server_type"] in hetzner.types and asked["location"] in LOCATIONS
        if not known or len(asked.get("user_data", "").encode()) > _LARGEST_USER_DATA:
            return _error(422, "invalid_input")
        if not {each["firewall"] for each in asked.get("firewalls", [])} <= firewalls:
            return _error(404, "not_found")
        if asked["name"] in hetzner.servers:
            return _error(409, "uniqueness_error")
        if asked["location"] in hetzner.full:
            return _error(412, "resource_unavailable")
        server = hetzner.new_server(asked)
        told = {**server}
        hetzner.running[server["name"]] = await hetzner.boot(asked.get("user_data", ""))
        server["status"] = "running"
        action = hetzner.action("create_server", server)
        return _json({"server": told, "action": action, "next_actions": [], "root_password": "made up"}, 201)


def _serve_servers(app: Quart, hetzner: Hetzner) -> None:
    @app.put("/v1/servers/<int:number>")
    async def update_server(number: int) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        server = hetzner.by_id(number)
        if server is None:
            return _error(404, "not_found")
        server.update(await request.get_json())
        return _json({"server": server})

    @app.delete("/v1/servers/<int:number>")
    async def delete_server(number: int) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        server = hetzner.by_id(number)
        if server is None:
            return _error(404, "not_found")
        await hetzner.switch_off(server)
        del hetzner.servers[server["name"]]
        return _json({"action": hetzner.action("delete_server", server)})

    @app.post("/v1/servers/<int:number>/actions/poweroff")
    async def power_off(number: int) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        server = hetzner.by_id(number)
        if server is None:
            return _error(404, "not_found")
        await hetzner.switch_off(server)
        return _json({"action": hetzner.action("stop_server", server)}, 201)


def _page(name: str, items: list[Json]) -> Response:
    """One of many: ``page`` and ``per_page`` as everywhere in this API."""
    page, size = int(request.args.get("page", 1)), int(request.args.get("per_page", 25))
    last = max(1, -(-len(items) // size))
    pagination = {
        "page": page,
        "per_page": size,
        "previous_page": page - 1 if page > 1 else None,
        "next_page": page + 1 if page < last else None,
        "last_page": last,
        "total_entries": len(items),
    }
    return _json({name: items[(page - 1) * size : page * size], "meta": {"pagination": pagination}})


def _json(body: object, status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def _error(status: int, word: str) -> Response:
    return _json({"error": {"code": word, "message": word.replace("_", " "), "details": None}}, status)
