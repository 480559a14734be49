"""Every way to end up with exactly one pull request."""

from collections.abc import Iterator

import httpx
import pytest
import stamina

from core.github.client import GitHubClient
from core.github.pulls import PullRequest, PullRequestDraft, find_or_open
from core.model.errors import ProviderError, Refusal
from core.model.people import Repo

SHOP = Repo("ana", "shop", "https://github.com/ana/shop.git", "main")
DRAFT = PullRequestDraft(title="T", body="B", head="cadence/1", base="main")
OPENED = PullRequest(number=7, url="https://github.com/ana/shop/pull/7", head="cadence/1", open=True, draft=True)


@pytest.fixture(autouse=True)
def without_waiting() -> Iterator[None]:
    """Retries happen, and at once."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


class Script(httpx.AsyncBaseTransport):
    """Answers in the order written down, and notes what was asked."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self.answers = iter(answers)
        self.asked: list[str] = []
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.method)
        self.requests.append(request)
        answer = next(self.answers)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


def described(
    number: int = 7, *, head: str = "cadence/1", state: str = "open", draft: bool = True
) -> dict[str, object]:
    url = f"https://github.com/ana/shop/pull/{number}"
    return {"number": number, "html_url": url, "state": state, "head": {"ref": head}, "draft": draft}


def listed(*pulls: dict[str, object]) -> httpx.Response:
    return httpx.Response(200, json=list(pulls))


def declined(message: str) -> httpx.Response:
    return httpx.Response(
        422, json={"message": "Validation Failed", "errors": [{"code": "custom", "message": message}]}
    )


async def ask(script: Script) -> PullRequest:
    async with GitHubClient("https://api.github.com", "t", script) as client:
        return await find_or_open(client, SHOP, DRAFT)


async def test_the_first_time_it_is_opened_as_a_draft() -> None:
    script = Script(listed(), httpx.Response(201, json=described()))
    assert await ask(script) == OPENED
    assert dict(script.requests[0].url.params)["head"] == "ana:cadence/1"
    assert script.requests[1].content == b'{"title":"T","body":"B","head":"cadence/1","base":"main","draft":true}'


async def test_one_that_exists_is_found_and_nothing_is_sent() -> None:
    script = Script(listed(described()))
    assert await ask(script) == OPENED
    assert script.asked == ["GET"]


async def test_one_that_a_person_closed_stays_closed() -> None:
    pull = await ask(Script(listed(described(state="closed"))))
    assert (pull.number, pull.open) == (7, False)


async def test_an_open_one_is_preferred_to_an_older_closed_one() -> None:
    assert (await ask(Script(listed(described(9, state="closed"), described(7))))).number == 7


async def test_other_branches_pull_requests_are_not_mistaken_for_ours() -> None:
    script = Script(listed(described(3, head="other")), httpx.Response(201, json=described()))
    assert await ask(script) == OPENED


async def test_where_drafts_are_not_supported_it_is_opened_as_a_normal_one() -> None:
    unsupported = httpx.Response(422, json={"message": "Draft pull requests are not supported in this repository."})
    script = Script(listed(), unsupported, httpx.Response(201, json=described(draft=False)))
    assert (await ask(script)).draft is False
    assert b'"draft":false' in script.requests[2].content


async def test_somebody_who_was_faster_has_opened_ours() -> None:
    exists = declined("A pull request already exists for ana:cadence/1.")
    script = Script(listed(), exists, listed(), listed(described()))
    assert await ask(script) == OPENED
    assert script.asked == ["GET", "POST", "GET", "GET"]


async def test_a_lost_answer_is_looked_up() -> None:
    script = Script(listed(), httpx.ReadError("gone"), listed(described()))
    assert await ask(script) == OPENED
    assert script.asked == ["GET", "POST", "GET"]


async def test_a_lost_request_is_for_the_caller_to_repeat() -> None:
    with pytest.raises(ProviderError, match="did not answer"):
        await ask(Script(listed(), httpx.ConnectError("gone"), listed()))


async def test_an_invisible_pull_request_is_for_the_caller_to_repeat() -> None:
    exists = declined("A pull request already exists for ana:cadence/1.")
    with pytest.raises(ProviderError, match="does not list it yet"):
        await ask(Script(listed(), exists, listed(), listed(), listed()))


async def test_nothing_to_review_is_said_in_githubs_words() -> None:
    with pytest.raises(Refusal, match="No commits between main and cadence/1"):
        await ask(Script(listed(), declined("No commits between main and cadence/1")))
