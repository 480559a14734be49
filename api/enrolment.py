"""``/machines/enrol``: where a new server trades its enrolment for being let in."""

from typing import Annotated

import structlog
from pydantic import BaseModel, Field, ValidationError
from quart import Blueprint, ResponseReturnValue, abort, request

from core.sandbox.tokens import hash_token
from core.settings import CoreSettings
from core.store.database import Database

_log = structlog.get_logger(__name__)


class _Key(BaseModel):
    """What the server has made for itself: the SHA-256 of its token. The token itself is never told to us twice."""

    token_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def enrolment_routes(database: Database, settings: CoreSettings) -> Blueprint:
    """An enrolment is good for one server, once, and for minutes."""
    routes = Blueprint("enrolment", __name__)

    @routes.post("/machines/enrol")
    async def enrol() -> ResponseReturnValue:
        scheme, _, enrolment = request.headers.get("Authorization", "").partition(" ")
        try:
            key = _Key.model_validate_json(await request.get_data(as_text=False))
        except ValidationError:
            abort(422, "Say which token this server will come with, by its SHA-256.")
        machine_id = None
        if scheme == "Bearer":
            async with database.transaction() as tx:
                machine_id = await tx.servers.enrol(hash_token(enrolment), bytes.fromhex(key.token_hash))
        if machine_id is None:
            _log.warning("enrolment_refused", caller=request.remote_addr)
            abort(403, "This enrolment is not known here, has run out, or was used already.")
        _log.info("machine_enrolled", machine=str(machine_id))
        return {"url": f"{settings.url_for(request.host).replace('http', 'ws', 1)}/ws/daemon"}

    return routes
