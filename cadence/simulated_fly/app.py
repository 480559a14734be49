"""The Machines API over HTTP, in the shapes of Fly's own description."""

import asyncio
import secrets
import time
from typing import Final

from quart import Quart, Response, jsonify, request

from cadence.simulated_fly.state import Fly, Machine

_LEASE_SECONDS: Final = 60
_LOOK_EVERY: Final = 0.02


def simulated_fly(fly: Fly) -> Quart:
    """The API below ``/v1``."""
    app = Quart(__name__)
    tasks: set[asyncio.Task[None]] = set()

    @app.before_request
    async def admit() -> Response | None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        operation = request.endpoint or ""
        if request.headers.get("Authorization") != f"Bearer {fly.token}":
            return _error(401, "unauthorized")
        await asyncio.sleep(fly.latency)
        if fly.too_fast(operation, await _app_asked_about()):
            return _error(429, "rate limit exceeded")
        status = fly.mood(operation)
        return None if status is None else _error(status, "a bad mood", _status_word(status))

    @app.after_request
    async def lose(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        if request.endpoint in fly.lost_answers:
            fly.lost_answers.remove(request.endpoint)
            return _error(502, "the answer got lost")
        return response

    _serve_apps(app, fly)
    _serve_machines(app, fly, tasks)
    _serve_leases(app, fly)

    @app.after_serving
    async def end() -> None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await fly.end_all()

    return app


def _serve_apps(app: Quart, fly: Fly) -> None:
    @app.post("/v1/apps")
    async def create_app() -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        name = (await request.get_json())["name"]
        if name in fly.apps:
            return _error(422, "Validation failed: Name has already been taken", "name_taken")
        fly.apps[name] = {}
        return _json({"id": name, "created_at": 0}, 201)

    @app.get("/v1/apps/<name>")
    async def show_app(name: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        if name not in fly.apps:
            return _error(404, "app not found")
        return _json({"id": name, "name": name, "network": name, "machine_count": len(fly.apps[name])})

    @app.delete("/v1/apps/<name>")
    async def delete_app(name: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        machines = fly.delete_app(name)
        if machines is None:
            return _error(404, "app not found")
        for machine in machines:
            if machine.running is not None:
                await machine.running.end()
        return Response(status=202)

    @app.get("/v1/orgs/<org>/machines")
    async def all_machines(org: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        if org != fly.org:
            return _error(404, "organization not found")
        return _json({"machines": [machine.summary() for machine in fly.listed()]})


def _serve_machines(app: Quart, fly: Fly, tasks: set[asyncio.Task[None]]) -> None:
    @app.get("/v1/apps/<name>/machines")
    async def list_machines(name: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        if name not in fly.apps:
            return _error(404, "app not found")
        return _json([machine.shape() for machine in fly.apps[name].values()])

    @app.post("/v1/apps/<name>/machines")
    async def create_machine(name: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        asked = await request.get_json()
        if name not in fly.apps:
            return _error(404, "app not found")
        if fly.apps[name]:
            return _error(409, "a machine with that name exists already", "already_exists")
        if asked["region"] in fly.full:
            return _error(422, "insufficient resources available in region", "insufficient_capacity")
        machine = fly.new_machine(name, asked["region"], asked["config"])
        task = asyncio.create_task(_boot(fly, machine))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return _json(machine.shape())

    @app.get("/v1/apps/<name>/machines/<machine_id>")
    async def show_machine(name: str, machine_id: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        machine = fly.apps.get(name, {}).get(machine_id)
        return _error(404, "machine not found") if machine is None else _json(machine.shape())

    @app.get("/v1/apps/<name>/machines/<machine_id>/wait")
    async def wait(name: str, machine_id: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        machine = fly.apps.get(name, {}).get(machine_id)
        if machine is None:
            return _error(404, "machine not found")
        until = time.monotonic() + float(request.args.get("timeout", "60"))
        while machine.state not in request.args.getlist("state"):
            if time.monotonic() > until:
                return _error(408, "deadline exceeded")
            await asyncio.sleep(_LOOK_EVERY)
        return _json({"ok": True})


def _serve_leases(app: Quart, fly: Fly) -> None:
    @app.post("/v1/apps/<name>/machines/<machine_id>/lease")
    async def lease(name: str, machine_id: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        machine = fly.apps.get(name, {}).get(machine_id)
        if machine is None:
            return _error(404, "machine not found")
        if machine.leased:
            return _error(409, "machine is currently leased")
        asked = await request.get_json()
        machine.nonce, seconds = secrets.token_hex(6), asked.get("ttl", _LEASE_SECONDS)
        machine.lease_until = time.monotonic() + seconds
        data = {"nonce": machine.nonce, "expires_at": int(time.time()) + seconds, "owner": "cadence"}
        return _json({"status": "success", "data": data}, 201)

    @app.delete("/v1/apps/<name>/machines/<machine_id>/lease")
    async def release(name: str, machine_id: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        machine = fly.apps.get(name, {}).get(machine_id)
        if machine is not None and machine.nonce == request.headers.get("fly-machine-lease-nonce"):
            machine.nonce = None
        return Response(status=200)

    @app.patch("/v1/apps/<name>/machines/<machine_id>/metadata")
    async def label(name: str, machine_id: str) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        machine = fly.apps.get(name, {}).get(machine_id)
        if machine is None:
            return _error(404, "machine not found")
        asked = await request.get_json()
        if asked.get("machine_version") not in {None, machine.instance_id}:
            return _error(412, "machine version mismatch")
        machine.config["metadata"] = machine.config.get("metadata", {}) | asked["metadata"]
        return Response(status=204)


async def _boot(fly: Fly, machine: Machine) -> None:
    """Start it, and destroy it once it has ended by itself, as machines do that say so."""
    machine.state = "starting"
    machine.running = await fly.launch(machine.config)
    machine.state = "started"
    await machine.running.ended()
    machine.state = "destroyed"


async def _app_asked_about() -> str:
    if request.endpoint == "create_app":
        return (await request.get_json())["name"]
    return (request.view_args or {}).get("name", "")


def _json(body: object, status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def _error(status: int, text: str, word: str | None = None) -> Response:
    return _json({"error": text, **({"status": word} if word else {})}, status)


def _status_word(status: int) -> str | None:
    return "insufficient_capacity" if status == 422 else None  # noqa: PLR2004 (Fly's own)
