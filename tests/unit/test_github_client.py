"""GitHub's failures under our own names."""

import time
from collections.abc import Iterator

import httpx
import pytest
import stamina
from pydantic import BaseModel

from core.github.client import GitHubClient, NotOnGitHub, Unprocessable
from core.model.errors import ProviderError, Refusal


@pytest.fixture(autouse=True)
def without_waiting() -> Iterator[None]:
    """Retries happen, and at once."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


class _Empty(BaseModel):
    """A body that says nothing."""


class Wire(httpx.AsyncBaseTransport):
    """Gives out the answers in turn and repeats the last."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


def client(wire: Wire) -> GitHubClient:
    return GitHubClient("https://api.github.com/", "ghp_secret", wire)


async def failure_of(answer: httpx.Response) -> Exception:
    with pytest.raises((Refusal, ProviderError)) as failure:
        await client(Wire(answer)).get("/user")
    return failure.value


async def test_every_request_carries_the_token_and_the_version() -> None:
    wire = Wire(httpx.Response(200, json={}))
    await client(wire).get("/user", {"page": "2"})
    [request] = wire.requests
    assert str(request.url) == "https://api.github.com/user?page=2"
    assert request.headers["authorization"] == "Bearer ghp_secret"
    assert request.headers["x-github-api-version"] == "2022-11-28"


async def test_a_refused_token_is_for_the_person_to_replace() -> None:
    failure = await failure_of(httpx.Response(401, json={"message": "Bad credentials"}))
    assert isinstance(failure, Refusal)
    assert str(failure).startswith("GitHub refuses the token. Make a new one")
    assert "ghp_secret" not in str(failure)


async def test_a_missing_permission_is_for_the_person_to_grant() -> None:
    answer = httpx.Response(403, json={"message": "Resource not accessible by personal access token"})
    failure = await failure_of(answer)
    assert isinstance(failure, Refusal)
    assert "Resource not accessible by personal access token" in str(failure)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (httpx.Response(403, headers={"retry-after": "17"}, json={"message": "secondary rate limit"}), 17),
        (httpx.Response(403, json={"message": "You have exceeded a secondary rate limit."}), 60),
        (httpx.Response(429, text="slow down"), 60),
        (httpx.Response(429, headers={"retry-after": "3"}), 3),
    ],
)
async def test_a_rate_limit_says_when_to_come_back(answer: httpx.Response, seconds: float) -> None:
    failure = await failure_of(answer)
    assert isinstance(failure, ProviderError)
    assert failure.retry_after == seconds


async def test_an_exhausted_quota_ends_when_github_says() -> None:
    reset = str(int(time.time()) + 100)
    failure = await failure_of(
        httpx.Response(403, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}, json={"message": "no"})
    )
    assert isinstance(failure, ProviderError)
    assert failure.retry_after == pytest.approx(100, abs=5)


async def test_a_rate_limit_is_not_asked_again_at_once() -> None:
    wire = Wire(httpx.Response(429, headers={"retry-after": "60"}))
    with pytest.raises(ProviderError):
        await client(wire).get("/user")
    assert len(wire.requests) == 1


async def test_a_passing_failure_of_a_reading_is_not_noticed() -> None:
    wire = Wire(httpx.Response(502), httpx.ReadError("gone"), httpx.Response(200, json={}))
    assert (await client(wire).get("/user")).status_code == 200
    assert len(wire.requests) == 3


async def test_a_lasting_failure_is_somebody_elses() -> None:
    wire = Wire(httpx.ConnectError("no route"))
    with pytest.raises(ProviderError, match="GitHub did not answer"):
        await client(wire).get("/user")
    assert len(wire.requests) == 3


async def test_a_writing_is_sent_once() -> None:
    wire = Wire(httpx.Response(502))
    with pytest.raises(ProviderError, match="GitHub answered 502"):
        await client(wire).post("/x", _Empty())
    assert len(wire.requests) == 1


async def test_what_is_not_there_and_what_cannot_be_done_have_names() -> None:
    assert isinstance(await failure_of(httpx.Response(404, json={"message": "Not Found"})), NotOnGitHub)
    declined = httpx.Response(
        422, json={"message": "Validation Failed", "errors": [{"field": "head", "code": "invalid"}]}
    )
    assert str(await failure_of(declined)) == "head invalid"
    assert isinstance(await failure_of(httpx.Response(422, json={"message": "m", "errors": ["why"]})), Unprocessable)


async def test_a_redirect_to_another_host_does_not_get_the_token() -> None:
    moved = httpx.Response(301, headers={"location": "https://elsewhere.example/user"})
    wire = Wire(moved, httpx.Response(200, json={}))
    await client(wire).get("/user")
    assert "authorization" not in wire.requests[1].headers
