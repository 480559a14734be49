"""Turns what Telegram sends into messages of ours."""

import re
from datetime import datetime
from uuid import uuid4

from telegram import Audio, CallbackQuery, Document, Message, Update, VideoNote, Voice

from bots.telegram.bot import in_seconds
from core.model.messages import Address, AudioClip, Channel, Content, InboundMessage, Pressed, Spoken, Typed


def read_update(update: Update, received_at: datetime) -> InboundMessage | None:
    """The message in an update. None when it holds nothing for us: a service message, a picture, another bot."""
    if update.callback_query is not None:
        return _pressed(update.callback_query, received_at)
    if update.message is not None:
        return _inbound(update.message, _key(update.message), _content(update.message), received_at)
    if update.edited_message is not None:
        return _edited(update.edited_message, received_at)
    return None


def _pressed(query: CallbackQuery, received_at: datetime) -> InboundMessage | None:
    if query.data is None or query.message is None or query.from_user.is_bot:
        return None
    return InboundMessage(
        id=uuid4(),
        key=f"telegram:callback:{query.id}",
        sender_id=str(query.from_user.id),
        reply_to=_address(query.message.chat.id, query.message.message_id),
        content=Pressed(query.data),
        received_at=received_at,
    )


def _edited(message: Message, received_at: datetime) -> InboundMessage | None:
    # Only words can be edited: a new caption under a recording must not carry out the recording again.
    if message.text is None or message.edit_date is None:
        return None
    edited_at = int(message.edit_date.timestamp())
    return _inbound(message, f"{_key(message)}:edit:{edited_at}", _typed(message.text), received_at)


def _key(message: Message) -> str:
    # Message numbers are a bot's own: the date keeps a second bot's message from passing for one handled before.
    return f"telegram:{message.chat.id}:{message.message_id}:{int(message.date.timestamp())}"


def _inbound(message: Message, key: str, content: Content | None, received_at: datetime) -> InboundMessage | None:
    sender = message.from_user
    if sender is None or sender.is_bot or content is None:
        return None
    return InboundMessage(
        id=uuid4(),
        key=key,
        sender_id=str(sender.id),
        reply_to=_address(message.chat.id, message.message_id),
        content=content,
        received_at=received_at,
    )


def _address(chat_id: int, message_id: int) -> Address:
    return Address(Channel.TELEGRAM, conversation=str(chat_id), thread=str(message_id))


def _content(message: Message) -> Content | None:
    clip = _clip(message)
    if clip is not None:
        return Spoken(clip)
    words = message.text or message.caption
    return _typed(words) if words else None


def _typed(words: str) -> Typed:
    # In a group a command is addressed: "/status@cadence_bot".
    return Typed(re.sub(r"^(/\w+)@\w+", r"\1", words))


def _clip(message: Message) -> AudioClip | None:
    if message.voice is not None:
        return _timed(message.voice, message.voice.mime_type or "audio/ogg")
    if message.audio is not None:
        return _timed(message.audio, message.audio.mime_type or "audio/mpeg")
    if message.video_note is not None:
        return _timed(message.video_note, "video/mp4")
    if message.document is not None:
        return _sound_file(message.document)
    return None


def _timed(recording: Voice | Audio | VideoNote, media_type: str) -> AudioClip:
    return AudioClip(
        media_type=media_type,
        seconds=in_seconds(recording.duration),
        size=recording.file_size,
        reference=recording.file_id,
    )


def _sound_file(document: Document) -> AudioClip | None:
    media_type = document.mime_type or ""
    if not media_type.startswith("audio/"):
        return None
    return AudioClip(media_type=media_type, size=document.file_size, reference=document.file_id)
