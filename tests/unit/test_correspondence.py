import asyncio
from uuid import uuid4

from core.model.event import Asked, Happening, Told
from core.sandbox.daemon.correspondence import Correspondence
from core.sandbox.protocol import Tell


async def at_once() -> None:
    """Nothing is paused."""


def tell(text: str, question: str | None = None) -> Tell:
    return Tell(agent_id=uuid4(), leg=1, followup_id=uuid4(), text=text, question=question)


async def test_an_answer_goes_to_the_question_and_a_message_does_not() -> None:
    reported: list[Happening] = []
    correspondence = Correspondence(reported.append, at_once)
    asking = asyncio.create_task(correspondence.ask("Which one?", ("a", "b")))
    await asyncio.sleep(0)
    message, answer = tell("And be quick."), tell("b", question="Which one?")
    correspondence.take(message)
    correspondence.take(answer)

    assert await asking == "b"
    assert reported == [Asked("Which one?", ("a", "b")), Told(answer.followup_id)]
    assert await correspondence.next_message() == message
    assert not correspondence.settled


async def test_what_is_repeated_is_taken_once() -> None:
    reported: list[Happening] = []
    correspondence = Correspondence(reported.append, at_once)
    said = tell("Use tabs.")
    correspondence.take(said)
    correspondence.take(said)
    await correspondence.next_message()
    for _ in range(2):
        correspondence.reached(said.followup_id)
    correspondence.take(said)

    assert reported == [Told(said.followup_id)]
    assert correspondence.settled


async def test_an_answer_that_nobody_waits_for_any_more_is_passed_on_as_a_message() -> None:
    correspondence = Correspondence(lambda _: None, at_once)
    answer = tell("b", question="Which one?")
    correspondence.take(answer)

    assert await correspondence.next_message() == answer


async def test_a_question_that_is_given_up_waits_no_more() -> None:
    correspondence = Correspondence(lambda _: None, at_once)
    asking = asyncio.create_task(correspondence.ask("Which one?", ()))
    await asyncio.sleep(0)
    assert correspondence.asking
    asking.cancel()
    await asyncio.wait({asking})

    assert not correspondence.asking
