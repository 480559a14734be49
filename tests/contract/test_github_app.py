"""GitHub as an app: the forge behind GitHub's own account of installations and their tokens."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from cadence.forge.app import create_forge
from cadence.forge.seed import seed_repo
from core.github.app import AppKey, GitHubApp
from core.github.client import NotOnGitHub
from core.github.pulls import PullRequestDraft
from core.model.errors import Refusal
from core.model.people import Access, Repo
from tests.contract.test_code_hosts import TOKEN, URL, Recorder, check_response, commit_to

APP_ID = "4711"
SHOP = Repo("local", "shop", f"{URL}/local/shop.git", "main")


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key: rsa.RSAPrivateKey) -> SecretStr:
    return SecretStr(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@dataclass
class AppSide(httpx.AsyncBaseTransport):
    """What GitHub says about an app, in front of the forge, which has the repositories of the account "local"."""

    forge: Recorder
    key: rsa.RSAPrivateKey
    installed_on: dict[str, dict[str, str]]
    hours: float = 1.0
    granted: list[str] = field(default_factory=list[str])
    suspended: set[str] = field(default_factory=set[str])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v3")
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if path.startswith("/app"):
            return self._as_app(path, token)
        if kind != "Bearer" or token not in self.granted[-1:]:
            return httpx.Response(401, json={"message": "Bad credentials"})
        request.headers["Authorization"] = f"Bearer {TOKEN}"
        if path == "/installation/repositories":
            listed = await self.forge.handle_async_request(
                httpx.Request("GET", f"{URL}/api/v3/user/repos", headers=request.headers)
            )
            repos = json.loads(await listed.aread())
            for repo in repos:
                repo["permissions"] = {"admin": False, "push": False, "pull": False}
            return httpx.Response(200, json={"total_count": len(repos), "repositories": repos})
        return await self.forge.handle_async_request(request)

    def _as_app(self, path: str, proof: str) -> httpx.Response:
        try:
            claims = jwt.decode(proof, self.key.public_key(), algorithms=["RS256"], issuer=APP_ID)
            assert claims["exp"] - datetime.now(UTC).timestamp() <= 600
        except jwt.InvalidTokenError:
            return httpx.Response(401, json={"message": "A JSON web token could not be decoded"})
        if path == "/app":
            return httpx.Response(
                200, json={"id": int(APP_ID), "slug": "cadence", "name": "Cadence", "html_url": f"{URL}/apps/cadence"}
            )
        if path == "/app/installations":
            return httpx.Response(200, json=[self._installation(*each) for each in enumerate(self.installed_on)])
        token = f"ghs_{len(self.granted)}"
        self.granted.append(token)
        until = datetime.now(UTC) + timedelta(hours=self.hours)
        return httpx.Response(201, json={"token": token, "expires_at": until.strftime("%Y-%m-%dT%H:%M:%SZ")})

    def _installation(self, number: int, owner: str) -> dict[str, Any]:
        page = f"{URL}/{owner}"
        account = {
            "login": owner,
            "id": number,
            "type": "Organization",
            "site_admin": False,
            "html_url": page,
            "url": page,
        }
        return {
            "id": number,
            "account": account | {"html_url": page, "url": page},
            "repository_selection": "all",
            "target_type": "Organization",
            "permissions": self.installed_on[owner],
            "suspended_at": "2026-01-01T00:00:00Z" if owner in self.suspended else None,
        }


WRITES = {"contents": "write", "pull_requests": "write"}


@pytest.fixture
async def side(tmp_path: Path) -> AppSide:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/README.md").write_text("# Shop\n")
    await commit_to(await seed_repo(tmp_path / "forge", "local", "shop", tmp_path / "tree"), "cadence/1")
    return AppSide(Recorder(create_forge(tmp_path / "forge", URL, TOKEN)), new_key(), {"local": WRITES})


@pytest.fixture
async def app(side: AppSide) -> AsyncGenerator[GitHubApp]:
    async with GitHubApp(URL, f"{URL}/api/v3", AppKey(APP_ID, pem_of(side.key)), side) as app:
        yield app


async def test_an_app_works_where_it_is_installed(app: GitHubApp) -> None:
    (repo,) = await app.list_repos()
    pull = await app.open_pull(repo, PullRequestDraft("Round totals", "They were not.", "cadence/1", "main"))

    assert (repo.full_name, repo.access) == ("local/shop", Access.WRITE)
    assert await app.get_repo("local", "shop") == repo
    assert await app.git_authorization("Local") == await app.git_authorization("local")
    assert await app.find_pull(repo, "cadence/1") == pull
    assert await app.get_repo("elsewhere", "shop") is None
    assert await app.install_url() == f"{URL}/apps/cadence/installations/new"


async def test_an_app_that_may_only_read_has_no_agent_work_there(app: GitHubApp, side: AppSide) -> None:
    side.installed_on["local"] = {"contents": "read", "pull_requests": "write"}
    (repo,) = await app.list_repos()

    assert repo.access is Access.READ


@pytest.mark.parametrize("gone", ["uninstalled", "suspended"])
async def test_where_the_app_is_not_installed_any_more_it_says_so(app: GitHubApp, side: AppSide, gone: str) -> None:
    await app.list_repos()
    if gone == "uninstalled":
        side.installed_on.clear()
    side.suspended.add("local")

    assert await app.list_repos() == ()
    with pytest.raises(NotOnGitHub, match="not installed on local"):
        await app.git_authorization("local")


async def test_a_token_is_kept_while_it_is_good_and_no_longer(app: GitHubApp, side: AppSide) -> None:
    for _ in range(3):
        await app.get_repo("local", "shop")
    kept = len(side.granted)
    side.hours = 0.05
    async with GitHubApp(URL, f"{URL}/api/v3", app.key, side) as short:
        for _ in range(3):
            await short.get_repo("local", "shop")

    assert kept == 1
    assert len(side.granted) == 4


@pytest.mark.parametrize("key", ["another", "none"])
async def test_a_key_that_is_not_the_apps_is_said_to_be(side: AppSide, key: str) -> None:
    pem = pem_of(new_key()) if key == "another" else SecretStr("-----BEGIN nonsense-----")
    async with GitHubApp(URL, f"{URL}/api/v3", AppKey(APP_ID, pem), side) as app:
        with pytest.raises(Refusal, match="GITHUB_APP_PRIVATE_KEY") as refused:
            await app.list_repos()

    assert pem.get_secret_value() not in str(refused.value)


async def test_what_the_app_side_says_is_as_github_describes_it(app: GitHubApp, side: AppSide) -> None:
    async with httpx.AsyncClient(transport=side, headers={"Authorization": f"Bearer {await app.key.proof()}"}) as http:
        paths = [("GET", "/app"), ("GET", "/app/installations"), ("POST", "/app/installations/0/access_tokens")]
        answers = [await http.request(method, f"{URL}/api/v3{path}") for method, path in paths]
        http.headers["Authorization"] = f"Bearer {side.granted[-1]}"
        answers.append(await http.get(f"{URL}/api/v3/installation/repositories"))

    for answer in answers:
        check_response(answer.request, answer)
