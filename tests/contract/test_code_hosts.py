"""Every code host keeps the same promises, and our forge speaks GitHub's language in both directions.

The GitHub of these tests is the forge behind its REST API; what either says is held against GitHub's own description.
"""

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from jsonschema import Draft202012Validator
from quart import Quart

from cadence.forge.app import create_forge
from cadence.forge.git import run_git
from cadence.forge.seed import seed_repo
from core.github.github import GitHub
from core.github.host import CodeHost
from core.github.pulls import PullRequestDraft
from core.model.errors import Refusal
from core.model.people import Repo

URL = "http://127.0.0.1:8765"
TOKEN = "forge-token-7f31"
SHOP = Repo("local", "shop", f"{URL}/local/shop.git", "main")
DRAFT = PullRequestDraft(title="Round totals", body="They were not.", head="cadence/1", base="main")
# JSON as the description has it: its shape is the description's business, not ours.
CONTRACT: dict[str, Any] = json.loads((Path(__file__).parent / "github.json").read_text())


@dataclass
class Recorder(httpx.AsyncBaseTransport):
    """Passes requests to the forge and remembers what was said."""

    forge: Quart
    exchanges: list[tuple[httpx.Request, httpx.Response]] = field(default_factory=list[Any])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await httpx.ASGITransport(cast("Any", self.forge)).handle_async_request(request)
        self.exchanges.append((request, response))
        return response


@pytest.fixture
async def recorder(tmp_path: Path) -> Recorder:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/README.md").write_text("# Shop\n")
    for name in ("shop", "till"):
        bare = await seed_repo(tmp_path / "forge", "local", name, tmp_path / "tree")
        await commit_to(bare, "cadence/1")
    return Recorder(create_forge(tmp_path / "forge", URL, TOKEN))


@pytest.fixture
async def host(recorder: Recorder) -> AsyncGenerator[CodeHost]:
    async with GitHub(URL, f"{URL}/api/v3", TOKEN, transport=recorder) as github:
        yield github


async def test_a_host_lists_what_it_can_find(host: CodeHost) -> None:
    repos = await host.list_repos()
    assert {repo.name for repo in repos} == {"shop", "till"}
    assert [await host.get_repo(repo.owner, repo.name) for repo in repos] == list(repos)


async def test_a_repository_of_a_host_is_cloned_from_below_its_git_base(host: CodeHost) -> None:
    assert [repo.url for repo in await host.list_repos()] == [
        f"{host.git_base}/{repo.full_name}.git" for repo in await host.list_repos()
    ]


async def test_a_host_says_none_for_what_is_not_there(host: CodeHost) -> None:
    assert await host.get_repo("local", "nothing") is None
    assert await host.get_repo("..", "user") is None


async def test_a_host_knows_whom_it_works_for_and_finds_the_pull_request_of_a_branch(host: CodeHost) -> None:
    author = await host.author()
    assert author is not None
    assert author.name
    assert await host.find_pull(SHOP, "cadence/1") is None
    pull = await host.open_pull(SHOP, DRAFT)
    assert await host.find_pull(SHOP, "cadence/1") == pull


async def test_a_host_opens_one_pull_request_a_branch(host: CodeHost) -> None:
    pull = await host.open_pull(SHOP, DRAFT)
    assert await host.open_pull(SHOP, DRAFT) == pull
    assert pull.head == "cadence/1"
    assert pull.url.startswith(f"{host.git_base}/local/shop/pull/")


async def test_a_host_refuses_a_branch_that_is_not_there(host: CodeHost) -> None:
    with pytest.raises(Refusal):
        await host.open_pull(SHOP, PullRequestDraft("Title", "", "missing", "main"))


async def test_the_authorization_of_a_host_does_not_show_the_token(host: CodeHost) -> None:
    authorization = str(await host.git_authorization("local"))
    assert authorization.startswith("Basic ")
    assert TOKEN not in authorization


async def test_all_that_is_said_is_as_github_describes_it(host: CodeHost, recorder: Recorder) -> None:
    await host.list_repos()
    await host.get_repo("local", "shop")
    await host.get_repo("local", "nothing")
    await host.open_pull(SHOP, DRAFT)
    await host.open_pull(SHOP, DRAFT)
    with pytest.raises(Refusal):
        await host.open_pull(SHOP, PullRequestDraft("Title", "", "missing", "main"))
    async with httpx.AsyncClient(transport=recorder, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        await http.get(f"{URL}/api/v3/user")
        await http.get(f"{URL}/api/v3/repos/local/shop/pulls/1")
        # The forge declines a second pull request as GitHub does; our client never asks for one.
        await http.post(
            f"{URL}/api/v3/repos/local/shop/pulls", json={"title": "T", "head": "cadence/1", "base": "main"}
        )
        await http.post(f"{URL}/api/v3/repos/local/shop/pulls", json={"title": "T"})
        await http.get(f"{URL}/api/v3/repos/local/shop/pulls/99")
    for request, response in recorder.exchanges:
        check_request(request, complete=response.status_code != 422)
        check_response(request, response)
    statuses = {(request.method, response.status_code) for request, response in recorder.exchanges}
    assert statuses == {("GET", 200), ("GET", 404), ("POST", 201), ("POST", 422)}


@pytest.mark.parametrize("authorization", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic %%%"}])
async def test_without_the_token_the_forge_answers_as_github_does(
    recorder: Recorder, authorization: dict[str, str]
) -> None:
    async with httpx.AsyncClient(transport=recorder, headers=authorization) as http:
        answers = [await http.get(f"{URL}/api/v3{path}") for path in ("/user/repos", "/repos/local/shop", "/nothing")]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    for answer in answers:
        check("response", {"$ref": "#/components/schemas/basic-error"}, answer.json())


async def test_what_the_forge_does_not_speak_is_not_found_and_too_much_is_not_read(recorder: Recorder) -> None:
    async with httpx.AsyncClient(transport=recorder, headers={"Authorization": f"token {TOKEN}"}) as http:
        unknown = await http.delete(f"{URL}/api/v3/repos/local/shop")
        endless = await http.post(f"{URL}/api/v3/repos/local/shop/pulls", content=b" " * (1 << 21))
    assert (unknown.status_code, endless.status_code) == (404, 413)


async def test_a_list_is_given_in_pages_as_github_gives_it(recorder: Recorder) -> None:
    async with httpx.AsyncClient(transport=recorder, headers={"Authorization": f"token {TOKEN}"}) as http:
        first = await http.get(f"{URL}/api/v3/user/repos", params={"per_page": 1})
        second = await http.get(first.links["next"]["url"])
    assert len(first.json()) == len(second.json()) == 1
    assert first.json() != second.json()
    assert "next" not in second.links


async def test_what_github_would_not_say_is_noticed() -> None:
    answer = {"message": "Validation Failed", "errors": [{"field": "head"}]}
    with pytest.raises(AssertionError, match="'documentation_url' is a required property"):
        check("response", {"$ref": "#/components/schemas/validation-error"}, answer)
    with pytest.raises(AssertionError, match="is not one of"):
        check("response", CONTRACT["components"]["schemas"]["pull-request"]["properties"]["state"], "merged")


def check_request(request: httpx.Request, *, complete: bool) -> None:
    described = _operation(request)
    names = {parameter["name"] for parameter in described.get("parameters", []) if parameter["in"] == "query"}
    assert set(request.url.params) <= names
    for parameter in described.get("parameters", []):
        if parameter["in"] == "query" and parameter["name"] in request.url.params:
            value = request.url.params[parameter["name"]]
            number = parameter["schema"]["type"] == "integer"
            check(f"{request.url} {parameter['name']}", parameter["schema"], int(value) if number else value)
    if request.content and complete:
        body = described["requestBody"]["content"]["application/json"]["schema"]
        assert set(json.loads(request.content)) <= set(body["properties"])
        check(f"request {request.url}", body, json.loads(request.content))


def check_response(request: httpx.Request, response: httpx.Response) -> None:
    described = _operation(request)["responses"][str(response.status_code)]
    schema = described["content"]["application/json"]["schema"]
    check(f"{request.method} {request.url} {response.status_code}", schema, response.json())


def check(what: str, schema: dict[str, Any], value: object) -> None:
    """Hold a value against a schema.

    The copy of the contract keeps of each big object only what Cadence uses, and so its ``required`` too: a forge that
    gave GitHub's other hundred properties would be making them up.
    """
    whole = _json_schema({"components": CONTRACT["components"], **schema})
    errors = [
        f"{what} {error.json_path}: {error.message}" for error in _validator(whole).iter_errors(cast("Any", value))
    ]
    assert errors == []


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _operation(request: httpx.Request) -> dict[str, Any]:
    path = request.url.path.removeprefix("/api/v3")
    for template, operations in CONTRACT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return operations[request.method.lower()]
    pytest.fail(f"GitHub describes no {request.method} {path}")


def _json_schema(node: Any) -> Any:  # noqa: ANN401 -- Any piece of a schema.
    """OpenAPI 3.0 writes ``nullable`` where JSON Schema writes a type."""
    match node:
        case dict():
            plain = {
                key: _json_schema(value) for key, value in cast("dict[str, Any]", node).items() if key != "nullable"
            }
            return (
                {"anyOf": [plain, {"type": "null"}]} if cast("dict[str, Any]", node).get("nullable") is True else plain
            )
        case list():
            return [_json_schema(item) for item in cast("list[Any]", node)]
        case _:
            return node


async def commit_to(bare: Path, branch: str) -> None:
    """Put a commit on a branch, so that there is something to review."""
    person = {
        f"GIT_{role}_{part}": "robin@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
    }
    commit = await run_git(bare, "commit-tree", "main^{tree}", "-p", "main", "-m", "Work", environment=person)
    await run_git(bare, "update-ref", f"refs/heads/{branch}", commit.decode().strip())
