from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, Update

from bots.telegram.bot import build_bot
from bots.telegram.inbound import read_update
from bots.telegram.settings import TelegramSettings
from core.model.messages import Address, AudioClip, Channel, InboundMessage, Pressed, Spoken, Typed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADA = {"id": 4242, "is_bot": False, "first_name": "Ada"}
CHAT = {"id": -100, "type": "group", "title": "Team"}
FILE = {"file_id": "abc", "file_unique_id": "u", "file_size": 900}


@cache
def bot() -> Bot:
    return build_bot(TelegramSettings.model_validate({"token": "1000:unit-test"}))


def read(**update: object) -> InboundMessage | None:
    return read_update(Update.de_json({"update_id": 1, **update}, bot()), NOW)


def message(**content: object) -> dict[str, object]:
    return {"message_id": 7, "date": 1_760_000_000, "chat": CHAT, "from": ADA, **content}


def content_of(**content: object) -> object:
    inbound = read(message=message(**content))
    return inbound and inbound.content


def test_a_text_is_typed_under_the_key_of_its_chat_and_message() -> None:
    inbound = read(message=message(text="status"))
    assert inbound is not None
    assert inbound.key == "telegram:-100:7:1760000000"
    assert inbound.sender_id == "4242"
    assert inbound.reply_to == Address(Channel.TELEGRAM, "-100", "7")
    assert inbound.content == Typed("status")
    assert inbound.received_at == NOW


@pytest.mark.parametrize("command", ["/start ABC123", "/link ABC123", "/status", "/help"])
def test_commands_stay_text(command: str) -> None:
    entities = [{"type": "bot_command", "offset": 0, "length": len(command.split(maxsplit=1)[0])}]
    assert content_of(text=command, entities=entities) == Typed(command)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("/status@cadence_bot", "/status"), ("/link@cadence_bot ABC", "/link ABC"), ("mail ada@example", None)],
)
def test_a_command_addressed_to_the_bot_loses_the_address(written: str, meant: str | None) -> None:
    assert content_of(text=written) == Typed(meant or written)


@pytest.mark.parametrize(
    ("sent", "clip"),
    [
        (
            {"voice": {**FILE, "duration": 4, "mime_type": "audio/ogg"}},
            AudioClip("audio/ogg", seconds=4.0, size=900, reference="abc"),
        ),
        ({"voice": {**FILE, "duration": 4}}, AudioClip("audio/ogg", seconds=4.0, size=900, reference="abc")),
        (
            {"audio": {**FILE, "duration": 60, "mime_type": "audio/mp4"}},
            AudioClip("audio/mp4", seconds=60.0, size=900, reference="abc"),
        ),
        (
            {"video_note": {**FILE, "duration": 9, "length": 240}},
            AudioClip("video/mp4", seconds=9.0, size=900, reference="abc"),
        ),
        ({"document": {**FILE, "mime_type": "audio/wav"}}, AudioClip("audio/wav", size=900, reference="abc")),
    ],
)
def test_a_recording_of_any_kind_is_spoken(sent: dict[str, object], clip: AudioClip) -> None:
    assert content_of(**sent) == Spoken(clip)


def test_a_recording_goes_before_its_caption() -> None:
    spoken = content_of(voice={**FILE, "duration": 4}, caption="listen to this")
    assert isinstance(spoken, Spoken)


def test_the_caption_of_a_document_that_is_no_recording_is_typed() -> None:
    assert content_of(document={**FILE, "mime_type": "application/pdf"}, caption="status") == Typed("status")


@pytest.mark.parametrize(
    "content",
    [
        {"new_chat_title": "Other"},
        {"document": {**FILE, "mime_type": "application/pdf"}},
        {"from": {**ADA, "is_bot": True}, "text": "status"},
        {"from": None, "text": "status"},
    ],
)
def test_service_messages_pictures_and_bots_hold_nothing_for_us(content: dict[str, object]) -> None:
    assert read(message=message(**content)) is None


def test_an_update_of_another_kind_holds_nothing_for_us() -> None:
    assert read(poll_answer={"poll_id": "1", "user": ADA, "option_ids": [], "option_persistent_ids": []}) is None


def test_a_pressed_button_goes_by_the_id_of_its_press_and_answers_the_message_it_is_on() -> None:
    query = {"id": "99", "from": ADA, "chat_instance": "1", "data": "stop:1", "message": message(text="Starting")}
    inbound = read(callback_query=query)
    assert inbound is not None
    assert inbound.key == "telegram:callback:99"
    assert inbound.content == Pressed("stop:1")
    assert inbound.reply_to == Address(Channel.TELEGRAM, "-100", "7")


def test_a_button_on_a_message_too_old_to_be_shown_still_counts() -> None:
    query = {
        "id": "99",
        "from": ADA,
        "chat_instance": "1",
        "data": "stop:1",
        "message": {"message_id": 7, "date": 0, "chat": CHAT},
    }
    inbound = read(callback_query=query)
    assert inbound is not None
    assert inbound.reply_to.thread == "7"


def test_a_button_of_another_kind_holds_nothing_for_us() -> None:
    query = {"id": "99", "from": ADA, "chat_instance": "1", "game_short_name": "chess", "message": message(text="x")}
    assert read(callback_query=query) is None


def test_an_edited_text_is_a_message_of_its_own() -> None:
    inbound = read(edited_message=message(text="status of all", edit_date=1_760_000_050))
    assert inbound is not None
    assert inbound.key == "telegram:-100:7:1760000000:edit:1760000050"
    assert inbound.content == Typed("status of all")


def test_a_new_caption_under_a_recording_does_not_carry_it_out_again() -> None:
    assert read(edited_message=message(voice={**FILE, "duration": 4}, caption="x", edit_date=1_760_000_050)) is None


@given(chat=st.integers(-(2**52), 2**52), number=st.integers(1, 2**31), text=st.text(min_size=1))
def test_a_redelivery_has_the_key_of_the_delivery(chat: int, number: int, text: str) -> None:
    sent = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}, "from": ADA, "text": text}
    first, second = read(message=sent), read(message=sent)
    assert first is not None
    assert second is not None
    assert first.key == second.key == f"telegram:{chat}:{number}:0"
