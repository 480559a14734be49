"""``/api/commands``: send a command, spoken or written, and read what came of it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from pydantic import ConfigDict, Field, ValidationError
from quart import Blueprint, abort, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, LengthRequired, RequestEntityTooLarge, UnsupportedMediaType

from api.callers import the_caller
from api.contract import TEXT, Answer, Wanted, about, answers, asks, idempotency_key, takes_recording_or
from api.views import AgentView, CommandView, ReplyView, VoiceCommandView
from api.waiting import once_done
from core.bell import Bell
from core.model.messages import Address, AudioClip, Channel, Content, InboundMessage, Pressed, Spoken, Typed
from core.reception import Reception
from core.replies.relay import topic_of
from core.store.database import Database

_BODY_LIMIT: Final = 26 << 20
_TEXT_LIMIT: Final = 4096


class _Written(Wanted):
    """A command in words, or the token of a button that was shown."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["action"]}]})

    text: str = Field(default="", max_length=_TEXT_LIMIT, pattern=TEXT)
    action: str = Field(default="", min_length=1, max_length=64, pattern=r"^[^\x00]+$")


class Patience(Wanted):
    """For how many seconds the answer may wait until the command has been handled.

    With ``check`` a recording is only heard: send its transcript as a text when it has been read.
    """

    wait: float = Field(default=10.0, ge=0, le=20)
    check: bool = False


def command_routes(reception: Reception, database: Database, bell: Bell) -> Blueprint:
    """Commands of the app, the terminal, and whoever has a token."""
    routes = Blueprint("commands", __name__, url_prefix="/api/commands")

    async def seen(message_id: UUID) -> CommandView:
        url = f"/api/commands/{message_id}"
        async with database.transaction() as tx:
            sent = await tx.inbox.sent_by(message_id, Channel.APP, the_caller().sender)
            if sent is None:
                abort(404, "You have sent no such command.")
            said = await tx.replies.in_conversation(Address(Channel.APP, str(message_id)), after=0)
            command = await tx.commands.of_message(message_id)
            agent = await tx.agents.from_message(message_id)
        replies = [ReplyView(id=number, version=version, **asdict(reply)) for number, version, reply in said]
        return CommandView(
            id=message_id,
            url=url,
            done=sent,
            command=None if command is None else VoiceCommandView(**command),
            reply=replies[-1] if replies else None,
            replies=replies,
            agent=None if agent is None else AgentView.of(agent),
        )

    @routes.post("")
    @asks(Patience)
    @answers(CommandView, 200)
    @answers(CommandView, 202)
    @takes_recording_or(_Written)
    @about("Commands")
    async def send(query_args: Patience) -> Answer:
        """Send a command: JSON with a text, or a form with a recording called audio."""
        caller = the_caller()
        message_id = uuid4()
        message = InboundMessage(
            id=message_id,
            key=f"app:{caller.sender}:{idempotency_key() or message_id}",
            sender_id=caller.sender,
            reply_to=Address(Channel.APP, str(message_id)),
            content=await _content(check=query_args.check),
            received_at=datetime.now(UTC),
        )
        accepted = await reception.accept(message)
        view = await once_done(bell, topic_of(Channel.APP), lambda: seen(accepted), query_args.wait)
        return view, 200 if view.done else 202, {"Location": view.url}

    @routes.get("/<uuid:command_id>")
    @answers(CommandView)
    @about("Commands")
    async def read(command_id: UUID) -> Answer:
        """Read what came of a command so far."""
        return await seen(command_id)

    return routes


async def _content(*, check: bool) -> Content:
    if request.content_length is None:
        raise LengthRequired("Say how long the request is: send a Content-Length.")
    if request.content_length > _BODY_LIMIT:
        raise RequestEntityTooLarge("That recording is over 25 megabytes. Send a shorter one.")
    if request.is_json:
        return _written(await request.get_data(cache=False, as_text=False, parse_form_data=False))
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send JSON with a text, or a form with a file called audio.")
    audio = (await request.files).get("audio")
    if not isinstance(audio, FileStorage):
        raise BadRequest("Send JSON with a text, or a form with a file called audio.")
    data = audio.read()
    return Spoken(
        AudioClip(media_type=audio.mimetype or "application/octet-stream", size=len(data), data=data), check=check
    )


def _written(body: bytes) -> Typed | Pressed:
    try:
        written = _Written.model_validate_json(body)
    except ValidationError:
        written = _Written()
    if len(written.model_fields_set) != 1:
        raise BadRequest(f"Send JSON with a text of 1 to {_TEXT_LIMIT} characters, or with an action.")
    return Typed(written.text) if written.text else Pressed(written.action)
