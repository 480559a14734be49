"""The files of a task, found in real git through a real Postgres."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from core.context.analysis import ANALYSIS
from core.context.engine import ContextEngine
from core.context.indexing import Indexer, Progress
from core.context.source import GitSource, Unreadable
from core.model.code import Kind
from core.model.context import Priority
from core.model.ring import Ring
from core.store.database import Database, open_database
from tests.builders import PERSON

OTHER = replace(PERSON, id=UUID(int=2), name="Bob")
LOGIN = "export function loginRedirect(next: string) {\n  return safeUrl(next)\n}\n"
CART = "export class ShoppingCart {\n  addItem(item: string) {}\n}\n"


class Checkout:
    """A repository that a test writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        identity = {
            f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": "/dev/null"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, subject: str, files: dict[str, str | bytes]) -> str:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    @property
    def source(self) -> GitSource:
        return GitSource(self.folder)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async def nobody_hears(_: Ring) -> None:
        return

    async with open_database(database_url, nobody_hears) as database:
        async with database.transaction() as tx:
            await tx.people.add(PERSON)
            await tx.people.add(OTHER)
        yield database


async def found(database: Database, task: str, person: UUID = PERSON.id) -> list[str]:
    return [file.path for file in await ContextEngine(database).relevant(person, "ada/shop", task)]


async def test_the_spoken_task_finds_its_file_and_says_why(database: Database, checkout: Checkout) -> None:
    checkout.commit("begin", {"src/auth/login.ts": LOGIN, "src/cart.ts": CART, "README.md": "# Shop\nlogin redirect\n"})
    await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)

    first, *_ = await ContextEngine(database).relevant(PERSON.id, "ada/shop", "fix the login redirect bug")

    assert first.path == "src/auth/login.ts"
    assert first.priority is Priority.HIGH
    assert "defines `loginRedirect`" in first.reason
    assert first.lines == (1, 3)


async def test_past_commits_speak_for_the_files_they_changed(database: Database, checkout: Checkout) -> None:
    checkout.commit("begin", {"src/a.ts": "let x = 1\n", "src/b.ts": "let y = 1\n"})
    checkout.commit("round prices to whole cents", {"src/b.ts": "let y = 2\n"})
    await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)

    first, *_ = await ContextEngine(database).relevant(PERSON.id, "ada/shop", "prices are not in whole cents")

    assert first.path == "src/b.ts"
    assert "round prices to whole cents" in first.reason


async def test_what_was_read_once_is_never_read_again(database: Database, checkout: Checkout) -> None:
    indexer = Indexer(database)
    first = checkout.commit("begin", {"src/login.ts": LOGIN, "src/cart.ts": CART})
    assert (await indexer.sync(PERSON.id, "ada/shop", checkout.source)).read == 2
    assert (await indexer.sync(PERSON.id, "ada/shop", checkout.source)).read == 0

    checkout.commit("rename and add", {"src/auth/login.ts": LOGIN, "src/new.ts": "export const fresh = 1\n"})
    assert (await indexer.sync(PERSON.id, "ada/shop", checkout.source)).read == 1
    assert "src/new.ts" in await found(database, "fresh")

    assert (await indexer.sync(PERSON.id, "ada/shop", checkout.source, first)).read == 0
    assert "src/new.ts" not in await found(database, "fresh")


async def test_history_that_was_rewritten_leaves_nothing_behind(database: Database, checkout: Checkout) -> None:
    begun = checkout.commit("begin", {"src/login.ts": LOGIN})
    checkout.commit("teach penguins to dance", {"src/penguin.ts": CART})
    await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)
    checkout.git("reset", "-q", "--hard", begun)
    checkout.commit("something else", {"src/other.ts": "export const other = 1\n"})

    await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)

    assert await found(database, "penguins dance") == []


async def test_strange_files_are_left_out_with_the_reason(database: Database, checkout: Checkout) -> None:
    (checkout.folder / "outside").symlink_to("/etc/passwd")
    checkout.commit(
        "begin",
        {
            "latin.py": "# Grüße an den Käufer\ndef gruss(): pass\n".encode("latin-1"),
            "nul.py": b"def hidden(): pass\0\n",
            "big.py": "x = 1\n" * 900_000,
            "one_line.js": "var a=1;" * 2000,
            ".env": "TOKEN=very secret\n",
            "keys/server.pem": "-----BEGIN\n",
            "node_modules/left/pad.js": "module.exports = 1\n",
            "made.go": "// Code generated by protoc. DO NOT EDIT.\npackage made\n",
            "thing.unknownlanguage": "penguins dance here\n",
            "empty.py": "",
        },
    )
    head = checkout.git("rev-parse", "HEAD")
    checkout.git("update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    checkout.git("commit", "-q", "-m", "submodule")

    synced = await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)

    assert synced.state.left_out == {
        "binary": 1, "too large": 1, "minified": 1, "secret": 2, "vendored": 1, "generated": 1, "empty": 1,
        "link, submodule or missing": 2,
    }  # fmt: skip
    assert (await found(database, "penguins dance"))[0] == "thing.unknownlanguage"
    assert (await found(database, "gruss"))[0] == "latin.py"
    assert "nul.py" not in await found(database, "hidden")


async def test_what_the_repository_says_of_its_files_counts_more_than_their_names(
    database: Database, checkout: Checkout
) -> None:
    checkout.commit(
        "begin",
        {
            ".gitattributes": "vendor/** linguist-vendored=false\nlib/** linguist-vendored\n"
            "*.gen.py linguist-generated=true\nguide/*.py linguist-documentation\nid_rsa linguist-vendored=false\n",
            "vendor/own.py": "def penguins(): ...\n",
            "lib/theirs.py": "def penguins(): ...\n",
            "made.gen.py": "def penguins(): ...\n",
            "guide/penguins.py": "def penguins(): ...\n",
            "id_rsa": "penguins\n",
        },
    )
    synced = await Indexer(database).sync(PERSON.id, "acme/zoo", checkout.source)
    async with database.transaction() as tx:
        snapshot = await tx.code.snapshot(PERSON.id, synced.state.id, ANALYSIS)

    assert snapshot is not None
    kinds = {file.path: file.kind for file in snapshot.files}
    assert kinds == {".gitattributes": Kind.CONFIG, "vendor/own.py": Kind.CODE, "guide/penguins.py": Kind.DOCS}
    assert synced.state.left_out == {"vendored": 1, "generated": 1, "secret": 1}


async def test_a_repository_without_a_commit_has_no_files(database: Database, checkout: Checkout) -> None:
    synced = await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)

    assert synced.state.commit is None
    assert await found(database, "anything") == []


async def test_nobody_finds_in_somebody_elses_index(database: Database, checkout: Checkout) -> None:
    checkout.commit("begin", {"src/login.ts": LOGIN})
    for person in (PERSON, OTHER):
        await Indexer(database).sync(person.id, "ada/shop", checkout.source)
    async with database.transaction() as tx:
        mine = await tx.code.find(PERSON.id, "ada/shop")
        assert mine is not None
        assert await tx.code.snapshot(OTHER.id, mine.id, 1) is None
        await tx.code.forget(OTHER.id, "ada/shop")

    assert await found(database, "login", OTHER.id) == []
    assert await found(database, "login") == ["src/login.ts"]


async def test_the_old_index_answers_until_the_new_one_is_whole(database: Database, checkout: Checkout) -> None:
    checkout.commit("begin", {"src/login.ts": LOGIN})
    await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)
    checkout.commit("grow", {f"src/{n}.ts": f"export const penguin{n} = {n}\n" for n in range(250)})
    begun, reading = asyncio.Event(), []

    def watch(progress: Progress) -> None:
        reading.append(progress)
        begun.set()

    with ThreadPoolExecutor(1) as thread:
        indexer = Indexer(database, thread)
        sync = asyncio.create_task(indexer.sync(PERSON.id, "ada/shop", checkout.source, watch=watch))
        await begun.wait()
        sync.cancel()
        await asyncio.wait({sync})
        assert await found(database, "penguin 7") == []
        again = await indexer.sync(PERSON.id, "ada/shop", checkout.source)

    assert reading[0] == Progress(200, 250)
    assert again.read == 50
    assert (await found(database, "penguin 7"))[0] == "src/7.ts"


async def test_a_damaged_repository_says_so_and_the_old_index_stays(database: Database, checkout: Checkout) -> None:
    checkout.commit("begin", {"src/login.ts": LOGIN})
    await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)
    checkout.commit("more", {"src/cart.ts": CART})
    tree = checkout.git("rev-parse", "HEAD^{tree}")
    (checkout.folder / ".git/objects" / tree[:2] / tree[2:]).unlink()

    with pytest.raises(Unreadable):
        await Indexer(database).sync(PERSON.id, "ada/shop", checkout.source)

    assert await found(database, "login") == ["src/login.ts"]


async def test_of_too_many_files_code_comes_first(database: Database, checkout: Checkout) -> None:
    checkout.commit("begin", {"docs/login.md": "login\n", "src/login.ts": LOGIN, "tests/login.ts": LOGIN + "//\n"})

    synced = await Indexer(database, most_files=1).sync(PERSON.id, "ada/shop", checkout.source)

    assert synced.state.left_out == {"too many files": 2}
    assert await found(database, "login") == ["src/login.ts"]


MADE_OF: dict[str, str | bytes] = {
    "package.json": '{"dependencies": {"react": "^19.0.0", "next": "16.0.1"}, "devDependencies": {"vitest": "~4.0"}}',
    "package-lock.json": '{"packages": {"": {}, "node_modules/react": {"version": "19.2.7"},'
    ' "node_modules/react/node_modules/loose": {"version": "1.0.0"}}}',
    "api/pyproject.toml": '[project]\ndependencies = ["fastapi>=0.120", "not a requirement!!"]\n'
    '[dependency-groups]\ndev = ["pytest"]\n',
    "api/uv.lock": '[[package]]\nname = "fastapi"\nversion = "0.130.0"\n',
    "api/requirements-dev.txt": "# tools\nruff==0.17.6 --hash=sha256:aa\n-r other.txt\n",
    "tool/Cargo.toml": '[dependencies]\naxum = { version = "0.9" }\nserde = "1"\n',
    "go.mod": "module example.org/x\nrequire (\n\tgithub.com/gin-gonic/gin v1.12.0\n)\n",
    "broken/package.json": '{"dependencies": ["no", "table"',
    "deep/er/than/that/package.json": '{"dependencies": {"hidden": "1"}}',
    "src/page.tsx": "export const Page = () => null\n" * 40,
    "api/main.py": "app = 1\n",
}


async def test_what_a_repository_is_made_of_is_read_from_its_manifests_and_lock_files(
    database: Database, checkout: Checkout
) -> None:
    checkout.commit("begin", MADE_OF)
    await Indexer(database).sync(PERSON.id, "acme/shop", checkout.source)
    context = await ContextEngine(database).context(PERSON.id, "acme/shop", "the page is empty")

    assert context is not None
    versions = {each.name: each.version for each in context.dependencies}
    assert versions == {
        "react": "19.2.7",
        "next": "16.0.1",
        "vitest": "~4.0",
        "fastapi": "0.130.0",
        "pytest": "",
        "ruff": "==0.17.6",
        "axum": "0.9",
        "serde": "1",
        "github.com/gin-gonic/gin": "v1.12.0",
    }
    assert (context.framework, context.language) == ("next", "typescript")
    assert context.relevant_files[0].path == "src/page.tsx"
    assert await ContextEngine(database).context(OTHER.id, "acme/shop", None) is None
