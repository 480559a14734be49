"""``/gateway/git``: a run reads its own repository, and pushes its own branch and nothing else."""

from collections.abc import AsyncGenerator
from typing import Final

import httpx
from quart import Blueprint, Response, ResponseReturnValue, request

from api.gateway import Porter, incoming_body, pass_through, passed_on, refusal
from api.pkt_line import PushRefused, check_push
from core.github.host import CodeHost
from core.model.agent import Agent

_SERVICES: Final = frozenset({"git-upload-pack", "git-receive-pack"})


def git_gateway_routes(porter: Porter, http: httpx.AsyncClient, code_host: CodeHost) -> Blueprint:
    """Git's smart HTTP protocol, for the one repository that the run's token names."""
    routes = Blueprint("git_gateway", __name__, url_prefix="/gateway/git")

    @routes.get("/<owner>/<name>.git/info/refs")
    async def info_refs(owner: str, name: str) -> ResponseReturnValue:
        if request.args.get("service") not in _SERVICES:
            return refusal(403, "Only git's smart protocol is served here.")
        agent = await admit(owner, name)
        return _not_yours() if agent is None else await forward(f"{owner}/{name}.git/info/refs", None)

    @routes.post("/<owner>/<name>.git/git-upload-pack")
    async def upload_pack(owner: str, name: str) -> ResponseReturnValue:
        agent = await admit(owner, name)
        return _not_yours() if agent is None else await forward(f"{owner}/{name}.git/git-upload-pack", incoming_body())

    @routes.post("/<owner>/<name>.git/git-receive-pack")
    async def receive_pack(owner: str, name: str) -> ResponseReturnValue:
        agent = await admit(owner, name)
        if agent is None:
            return _not_yours()
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return refusal(415, "Send the push without compressing the request.")
        try:
            body = await check_push(incoming_body(), f"refs/heads/{agent.work_branch}")
        except PushRefused as refused:
            return refusal(403, str(refused))
        return await forward(f"{owner}/{name}.git/git-receive-pack", body)

    async def admit(owner: str, name: str) -> Agent | None:
        agent = await porter.admit_bearer()
        return agent if agent is not None and agent.repo_name == f"{owner}/{name}" else None

    async def forward(path: str, body: AsyncGenerator[bytes, None] | None) -> ResponseReturnValue:
        headers = passed_on(request.headers.items())
        authorization = await code_host.git_authorization(path.partition("/")[0])
        if authorization is not None:
            headers["Authorization"] = authorization
        outgoing = http.build_request(
            request.method, f"{code_host.git_base}/{path}", content=body, headers=headers, params=request.args
        )
        try:
            upstream = await http.send(outgoing, stream=True)
        except httpx.HTTPError:
            return refusal(502, "The code host could not be reached.")
        return await pass_through(upstream, _answer(upstream))

    return routes


async def _answer(upstream: httpx.Response) -> AsyncGenerator[bytes, None]:
    try:
        async for chunk in upstream.aiter_raw():
            yield chunk
    finally:
        await upstream.aclose()


def _not_yours() -> Response:
    return refusal(403, "This run's token does not open that repository.")
