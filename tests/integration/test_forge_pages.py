"""What a person sees of a pull request, and what a hostile one cannot do to the person who looks at it."""

from collections.abc import AsyncGenerator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from core.github.pulls import PullRequestDraft
from tests.integration.forge_server import RunningForge, git, push_branch, running_forge, seeded_clone

EVIL = "<img src=x onerror=alert(1)>"
SCRIPT = "</code></div><script>alert(2)</script>"
CHANGES = {
    "src/cart.py": "TOTAL = 2\nTAX = 3\n",
    f"{EVIL}.txt": f"{SCRIPT}\nif admin\u202e {{\n",
    'docs/"quoted" file.md': '<a href="javascript:alert(3)">x</a>\n',
}
BODY = f"""## Why

Because **totals** were wrong, see [the note](https://example.com/note).

[run](javascript:alert(4)) ![pixel](https://evil.example/pixel.png) {EVIL}

<!-- cadence-run:7f31 -->
"""


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.fixture
async def forge(tmp_path: Path) -> AsyncGenerator[RunningForge]:
    async with running_forge(tmp_path / "forge") as running:
        clone = await seeded_clone(running, tmp_path)
        await push_branch(clone, "cadence/1", CHANGES, message=f"Round {EVIL}")
        draft = PullRequestDraft(title=f"Totals {SCRIPT}", body=BODY, head="cadence/1", base="main")
        async with running.github() as host:
            await host.open_pull(running.repo("shop"), draft)
        yield running


async def test_the_page_shows_the_difference(forge: RunningForge) -> None:
    page = await read_page(forge, "/local/shop/pull/1")
    assert '<code data-sign="−">TOTAL = 1</code>' in page
    assert '<code data-sign="+">TAX = 3</code>' in page
    assert "3 files changed" in " ".join(page.split())
    assert '<span class="plus">+5</span> <span class="minus">−1</span>' in page
    assert '<code class="branch">cadence/1</code>' in page
    assert "docs/&#34;quoted&#34; file.md" in page


async def test_the_description_is_rendered_and_its_comments_are_not(forge: RunningForge) -> None:
    page = await read_page(forge, "/local/shop/pull/1")
    assert "<strong>totals</strong>" in page
    assert '<a href="https://example.com/note">the note</a>' in page
    assert "cadence-run" not in page


async def test_nothing_in_a_pull_request_becomes_markup(forge: RunningForge) -> None:
    elements = _Elements()
    for path in ("/", "/local/shop", "/local/shop/pull/1"):
        elements.feed(await read_page(forge, path))
    assert {tag for tag, _ in elements.seen}.isdisjoint({"script", "img", "iframe", "object", "form", "style"})
    attributes = [(name, value or "") for _, given in elements.seen for name, value in given.items()]
    assert [name for name, _ in attributes if name.startswith("on") or name == "style"] == []
    assert [value for name, value in attributes if name in ("href", "src") and "script:" in value] == []


async def test_characters_that_reorder_text_are_written_out(forge: RunningForge) -> None:
    page = await read_page(forge, "/local/shop/pull/1")
    assert "if admin⟨U+202E⟩ {" in page
    assert "\u202e" not in page


async def test_a_page_may_load_only_the_forges_own_style(forge: RunningForge) -> None:
    async with httpx.AsyncClient(base_url=forge.url) as http:
        page, style = await http.get("/local/shop/pull/1"), await http.get("/-/static/forge.css")
    policy = page.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in page.headers["content-security-policy"]
    assert style.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.2:80", "", "[::2]"])
async def test_a_request_for_another_host_gets_nothing(forge: RunningForge, host: str) -> None:
    async with httpx.AsyncClient(base_url=forge.url) as http:
        answers = [await http.get(path, headers={"Host": host}) for path in ("/local/shop/pull/1", "/api/v3/user")]
    assert {answer.status_code for answer in answers} == {421}


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:8765"])
async def test_every_name_of_this_computer_will_do(forge: RunningForge, host: str) -> None:
    async with httpx.AsyncClient(base_url=forge.url) as http:
        assert (await http.get("/local/shop", headers={"Host": host})).status_code == 200


async def test_the_repositorys_page_leads_to_its_pull_requests(forge: RunningForge) -> None:
    page = await read_page(forge, "/local/shop")
    assert '<a href="/local/shop/pull/1">' in page
    assert '<code class="branch">main</code>' in page
    assert "Start shop" in page
    assert '<a href="/local/shop">' in await read_page(forge, "/")


@pytest.mark.parametrize("path", ["/local/shop/pull/2", "/local/other", "/local/..%2f..%2fshop", "/x/y/z/w"])
async def test_what_is_not_there_is_a_page_that_says_so(forge: RunningForge, path: str) -> None:
    async with httpx.AsyncClient(base_url=forge.url) as http:
        answer = await http.get(path)
    assert answer.status_code == 404
    assert "Nothing is here" in answer.text


async def test_a_merged_pull_request_still_shows_its_difference(forge: RunningForge) -> None:
    bare = forge.root / "git/local/shop.git"
    await git(bare, "update-ref", "refs/heads/main", "refs/heads/cadence/1")
    await git(bare, "update-ref", "-d", "refs/heads/cadence/1")
    page = await read_page(forge, "/local/shop/pull/1")
    assert "Merged" in page
    assert '<code data-sign="+">TAX = 3</code>' in page


async def test_a_file_too_long_for_a_browser_is_named_and_left_out(forge: RunningForge, tmp_path: Path) -> None:
    long = "".join(f"row {number}\n" for number in range(3_001))
    await push_branch(tmp_path / "clone", "cadence/2", {"rows.txt": long, "note.txt": "short\n"})
    async with forge.github() as host:
        await host.open_pull(forge.repo("shop"), PullRequestDraft("Rows", "", "cadence/2", "main"))
    page = await read_page(forge, "/local/shop/pull/2")
    assert "too long to be shown here" in page
    assert "row 17" not in page
    assert "short" in page
    assert "+3002" in page


async def test_a_difference_beyond_all_bounds_is_cut_and_says_so(forge: RunningForge, tmp_path: Path) -> None:
    await push_branch(tmp_path / "clone", "cadence/3", {"heap.txt": f"{'x' * 1023}\n" * 5_000})
    async with forge.github() as host:
        await host.open_pull(forge.repo("shop"), PullRequestDraft("Heap", "", "cadence/3", "main"))
    assert "too large to be shown whole" in await read_page(forge, "/local/shop/pull/2")


async def read_page(forge: RunningForge, path: str) -> str:
    async with httpx.AsyncClient(base_url=forge.url) as http:
        answer = await http.get(path)
    assert answer.status_code == 200
    return answer.text
