"""``/api/commands``: send a command, spoken or written, and read what came of it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from pydantic import BaseModel, Field, ValidationError
from quart import Blueprint, ResponseReturnValue, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, LengthRequired, RequestEntityTooLarge

from api.agents import agent_json
from api.auth import LOCAL_USER, LocalSignIn
from core.model.messages import Address, AudioClip, Channel, Content, InboundMessage, Spoken, Typed
from core.reception import Reception
from core.store.database import Database

_BODY_LIMIT: Final = 26 << 20
_TEXT_LIMIT: Final = 4096
_KEY_LIMIT: Final = 200


class _Written(BaseModel):
    text: str = Field(max_length=_TEXT_LIMIT, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")


def command_routes(sign_in: LocalSignIn, reception: Reception, database: Database) -> Blueprint:
    """Commands from this computer: the terminal today, the app later."""
    routes = Blueprint("commands", __name__, url_prefix="/api/commands")

    @routes.post("")
    async def send() -> ResponseReturnValue:
        sign_in.require()
        key = request.headers.get("Idempotency-Key") or str(uuid4())
        if len(key) > _KEY_LIMIT:
            raise BadRequest(f"Send an Idempotency-Key of at most {_KEY_LIMIT} characters.")
        message_id = uuid4()
        message = InboundMessage(
            id=message_id,
            key=f"app:{key}",
            sender_id=LOCAL_USER,
            reply_to=Address(Channel.APP, str(message_id)),
            content=await _content(),
            received_at=datetime.now(UTC),
        )
        accepted = await reception.accept(message)
        url = f"/api/commands/{accepted}"
        return {"id": str(accepted), "url": url}, 202, {"Location": url}

    @routes.get("/<uuid:command_id>")
    async def read(command_id: UUID) -> ResponseReturnValue:
        sign_in.require()
        async with database.transaction() as tx:
            replies = await tx.replies.in_conversation(Address(Channel.APP, str(command_id)), after=0)
            agent = await tx.agents.from_message(command_id)
        return {
            "id": str(command_id),
            "replies": [{"id": number, "version": version, **asdict(reply)} for number, version, reply in replies],
            "agent": agent_json(agent) if agent else None,
        }

    return routes


async def _content() -> Content:
    if request.content_length is None:
        raise LengthRequired("Say how long the request is: send a Content-Length.")
    if request.content_length > _BODY_LIMIT:
        raise RequestEntityTooLarge("That recording is over 25 megabytes. Send a shorter one.")
    if request.is_json:
        return Typed(_text(await request.get_data(cache=False, as_text=False, parse_form_data=False)))
    audio = (await request.files).get("audio")
    if not isinstance(audio, FileStorage):
        raise BadRequest("Send JSON with a text, or a form with a file called audio.")
    data = audio.read()
    return Spoken(AudioClip(media_type=audio.mimetype or "application/octet-stream", size=len(data), data=data))


def _text(body: bytes) -> str:
    try:
        return _Written.model_validate_json(body).text
    except ValidationError:
        raise BadRequest(f"Send JSON with a text of 1 to {_TEXT_LIMIT} characters.") from None
