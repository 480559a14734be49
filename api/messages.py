"""Orders over the API as messages, so that they are kept, answered and counted as those of every other channel."""

from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from quart import request

from api.callers import the_caller
from api.contract import idempotency_key
from core.model.messages import Address, Channel, InboundMessage, Typed


def message_id() -> UUID:
    """The same for the same Idempotency-Key of the same caller, so that a request that is repeated counts once."""
    key = idempotency_key()
    return uuid4() if key is None else uuid5(the_caller().person.id, f"{request.path} {key}")


def message_of(text: str) -> InboundMessage:
    """What the caller wants, in their own words."""
    own_id = message_id()
    address = Address(Channel.APP, str(own_id))
    return InboundMessage(own_id, f"api:{own_id}", the_caller().sender, address, Typed(text), datetime.now(UTC))
