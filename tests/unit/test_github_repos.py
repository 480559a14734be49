"""Which repositories are offered, and how they are asked for."""

from collections.abc import Callable

import httpx
import pytest

from core.github.client import GitHubClient
from core.github.repos import MOST_REPOS, get_author, get_repo, list_repos
from core.model.errors import ProviderError
from core.model.people import Access, Author, Repo


def client(answer: Callable[[httpx.Request], httpx.Response]) -> GitHubClient:
    return GitHubClient("https://api.github.com", "t", httpx.MockTransport(answer))


def described(name: str, **more: object) -> dict[str, object]:
    clone_url = f"https://github.com/ana/{name}.git"
    return {"name": name, "owner": {"login": "ana"}, "clone_url": clone_url, "default_branch": "main", **more}


async def test_pages_are_followed_by_number_and_never_to_another_host() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        page = int(request.url.params.get("page", 1))
        link = {"link": f'<https://elsewhere.example/repos?page={page + 1}>; rel="next"'} if page < 3 else {}
        return httpx.Response(200, json=[described(f"r{page}")], headers=link)

    assert [repo.name for repo in await list_repos(client(answer))] == ["r1", "r2", "r3"]
    assert asked == [
        "https://api.github.com/user/repos?sort=pushed&direction=desc&per_page=100",
        "https://api.github.com/user/repos?page=2",
        "https://api.github.com/user/repos?page=3",
    ]


async def test_no_more_is_read_than_anyone_could_name() -> None:
    pages: list[int] = []

    def answer(_: httpx.Request) -> httpx.Response:
        pages.append(1)
        rows = [described(f"r{number}") for number in range(100)]
        return httpx.Response(200, json=rows, headers={"link": '<https://api.github.com/x?page=9>; rel="next"'})

    assert len(await list_repos(client(answer))) == MOST_REPOS
    assert len(pages) == 3


async def test_what_cannot_be_pushed_to_comes_last_and_is_marked() -> None:
    rows = [
        described("mine", permissions={"admin": True, "push": True, "pull": True}),
        described("archived", archived=True),
        described("readable", permissions={"push": False, "pull": True}),
        described("unsaid"),
    ]
    repos = await list_repos(client(lambda _: httpx.Response(200, json=rows)))
    assert [(repo.name, repo.access) for repo in repos] == [
        ("mine", Access.WRITE),
        ("unsaid", Access.WRITE),
        ("archived", Access.ARCHIVED),
        ("readable", Access.READ),
    ]


@pytest.mark.parametrize(
    ("answer", "author"),
    [
        ({"name": "Ana  Lopez\n"}, Author("Ana Lopez", "7+ana@users.noreply.github.com")),
        ({"name": "<ana>\x00 x"}, Author("ana x", "7+ana@users.noreply.github.com")),
        ({"name": None}, Author("ana", "7+ana@users.noreply.github.com")),
        ({"type": "Bot"}, None),
    ],
)
async def test_the_author_is_the_tokens_owner_as_github_finds_them(
    answer: dict[str, object], author: Author | None
) -> None:
    user = {"login": "ana", "id": 7, "type": "User", **answer}
    assert await get_author(client(lambda _: httpx.Response(200, json=user)), "github.com") == author


async def test_one_repository_is_read_with_its_address_and_branch() -> None:
    repo = await get_repo(client(lambda _: httpx.Response(200, json=described("shop"))), "ana", "shop")
    assert repo == Repo("ana", "shop", "https://github.com/ana/shop.git", "main")


@pytest.mark.parametrize(("owner", "name"), [("..", "user"), ("ana", ".."), ("ana", "a/b"), ("", "x"), ("ana", "x?y")])
async def test_a_name_that_cannot_be_is_not_asked_for(owner: str, name: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        pytest.fail(f"asked for {request.url}")

    assert await get_repo(client(answer), owner, name) is None


async def test_the_page_of_a_proxy_is_not_taken_for_an_answer() -> None:
    with pytest.raises(ProviderError, match="not GitHub's API"):
        await list_repos(client(lambda _: httpx.Response(200, text="<html>Please log in</html>")))
