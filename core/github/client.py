"""One way to speak to GitHub's REST API, in which its failures already have our names."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, Self

import httpx
import stamina
from pydantic import BaseModel, ValidationError

from core.model.errors import ProviderError, Refusal

_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
_ATTEMPTS: Final = 3
_SECONDARY_LIMIT_SECONDS: Final = 60.0

_REFUSED: Final = (
    "GitHub refuses the token. Make a new one that may read and write contents and pull requests, "
    "and set it as GITHUB_TOKEN."
)


class BadToken(Refusal):
    """GitHub does not know the token."""


class NotOnGitHub(Refusal):
    """GitHub has no such thing, or will not admit to this token that it has."""


class Unprocessable(Refusal):
    """GitHub understood the request and declines it; the message is GitHub's own."""


class _Detail(BaseModel):
    message: str | None = None
    field: str | None = None
    code: str | None = None

    def __str__(self) -> str:
        return self.message or " ".join(part for part in (self.field, self.code) if part)


class _Problem(BaseModel):
    """The body of an error. GitHub sends a few of its ``errors`` as bare sentences."""

    message: str = ""
    errors: tuple[_Detail | str, ...] = ()

    def __str__(self) -> str:
        details = "; ".join(str(error) for error in self.errors)
        return details or self.message


# A token, or where to get the one that is good now.
Token = str | Callable[[], Awaitable[str]]


async def current(token: Token) -> str:
    """The token that is good now."""
    return token if isinstance(token, str) else await token()


class _Bearer(httpx.Auth):
    def __init__(self, token: Token) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {await current(self._token)}"
        yield request


class GitHubClient:
    """Sends requests with the token, retries those that may be repeated, and raises only our own errors."""

    def __init__(self, api_url: str, token: Token, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(
            base_url=api_url.rstrip("/"),
            headers={
                "Accept": "application/vnd.github+json",
                "User-Agent": "cadence",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            auth=_Bearer(token),
            timeout=_TIMEOUT,
            # A renamed repository answers with a redirect; httpx drops the token when the host changes.
            follow_redirects=True,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> httpx.Response:
        """GET, repeated while GitHub is unreachable or broken."""
        async for attempt in stamina.retry_context(on=_passing, attempts=_ATTEMPTS, wait_initial=0.2, wait_max=2.0):
            with attempt:
                return await self._send(self._http.build_request("GET", path, params=params))
        raise AssertionError("stamina either returns or raises")

    async def pages(self, path: str, params: Mapping[str, str]) -> AsyncGenerator[httpx.Response, None]:
        """GET a list, page by page."""
        page: Mapping[str, str] | None = params
        while page is not None:
            response = await self.get(path, page)
            yield response
            link = response.links.get("next", {}).get("url")
            # Only the link's parameters are taken: the token must not follow it to another host.
            page = dict(httpx.URL(link).params) if link else None

    async def post(self, path: str, body: BaseModel | None = None) -> httpx.Response:
        """POST, once: only the caller knows whether asking again is harmless."""
        return await self._send(self._http.build_request("POST", path, json=body and body.model_dump()))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._http.send(request)
        except httpx.HTTPError as error:
            raise ProviderError(f"GitHub did not answer ({type(error).__name__}).") from error
        if response.is_success:
            return response
        raise _failure(response)


def _passing(error: Exception) -> bool:
    """Say whether a failure may pass within seconds; a limit with a named end is left to the caller's own retry."""
    return isinstance(error, ProviderError) and error.retry_after is None


def _failure(response: httpx.Response) -> Exception:
    problem = _problem(response)
    match response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return BadToken(_REFUSED)
        case HTTPStatus.FORBIDDEN | HTTPStatus.TOO_MANY_REQUESTS:
            return _limited(response, problem) or Refusal(f"GitHub does not let the token do this: {problem}")
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return NotOnGitHub("GitHub knows no such repository, or the token may not see it.")
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return Unprocessable(str(problem))
        case _:
            return ProviderError(f"GitHub answered {response.status_code}.", retry_after=_retry_after(response))


def _problem(response: httpx.Response) -> _Problem:
    try:
        return _Problem.model_validate_json(response.content)
    except ValidationError:
        return _Problem(message=f"status {response.status_code}")


def _limited(response: httpx.Response, problem: _Problem) -> ProviderError | None:
    """Make the error of a rate limit; None when the status means a lack of permission."""
    wait = _retry_after(response)
    if wait is None and response.headers.get("x-ratelimit-remaining") == "0":
        wait = _seconds(response.headers.get("x-ratelimit-reset"), since=time.time())
    if wait is None and ("rate limit" in problem.message.lower() or response.status_code != HTTPStatus.FORBIDDEN):
        wait = _SECONDARY_LIMIT_SECONDS
    return None if wait is None else ProviderError("GitHub asks us to slow down.", retry_after=wait)


def _retry_after(response: httpx.Response) -> float | None:
    return _seconds(response.headers.get("retry-after"), since=0)


def _seconds(header: str | None, *, since: float) -> float | None:
    return max(0.0, float(header) - since) if header is not None and header.isdigit() else None
