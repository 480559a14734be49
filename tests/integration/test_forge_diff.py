"""What git prints about odd files, taken apart again."""

from pathlib import Path

import pytest

from cadence.forge.diff import DiffLine, FileDiff, parse_diff
from cadence.forge.history import patch
from tests.integration.forge_server import git, write_files


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    await git(tmp_path, "init", "--quiet", "--initial-branch=main")
    write_files(tmp_path, {"a/old name.py": "one\ntwo\nthree\nfour\n", "gone.txt": "x\n", "run.sh": "#!/bin/sh\n"})
    await commit(tmp_path)
    return tmp_path


async def commit(folder: Path) -> None:
    await git(folder, "add", "--all")
    await git(folder, "commit", "--quiet", "--message=x")


async def changes(folder: Path) -> dict[str, FileDiff]:
    await commit(folder)
    text, whole = await patch(folder / ".git", "HEAD~1", "HEAD")
    assert whole
    return {file.name: file for file in parse_diff(text)}


@pytest.mark.parametrize(
    "name",
    [
        "plain.py",
        "with space.py",
        "a b/b/c",
        "tab\there",
        'quo"te',
        "back\\slash",
        "ünïcödé.md",
        "new\nline",
        "-dash",
        "b/x",
    ],
)
async def test_a_file_keeps_its_name(folder: Path, name: str) -> None:
    write_files(folder, {name: "text\n", f"{name}.empty": ""})
    assert set(await changes(folder)) == {name, f"{name}.empty"}


async def test_lines_carry_their_numbers_before_and_after(folder: Path) -> None:
    write_files(folder, {"a/old name.py": "one\n2\nthree\nfour\nfive"})
    file = (await changes(folder))["a/old name.py"]
    assert file.lines == (
        DiffLine("hunk", "@@ -1,4 +1,5 @@"),
        DiffLine("same", "one", 1, 1),
        DiffLine("removed", "two", 2, None),
        DiffLine("added", "2", None, 2),
        DiffLine("same", "three", 3, 3),
        DiffLine("same", "four", 4, 4),
        DiffLine("added", "five", None, 5),
        DiffLine("note", "\\ No newline at end of file"),
    )
    assert (file.added, file.removed) == (2, 1)


async def test_a_renamed_file_bears_its_new_name(folder: Path) -> None:
    (folder / "a/old name.py").rename(folder / "b new.py")
    file = (await changes(folder))["b new.py"]
    assert file.notes == ("rename from a/old name.py", "rename to b new.py")
    assert file.lines == ()


async def test_a_deleted_file_bears_the_name_it_had(folder: Path) -> None:
    await git(folder, "rm", "--quiet", "gone.txt")
    file = (await changes(folder))["gone.txt"]
    assert (file.notes, file.removed) == (("deleted file mode 100644",), 1)


async def test_a_change_of_mode_and_binary_contents_are_told_in_gits_words(folder: Path) -> None:
    await git(folder, "update-index", "--chmod=+x", "run.sh")
    await git(folder, "commit", "--quiet", "--message=mode")
    text, _ = await patch(folder / ".git", "HEAD~1", "HEAD")
    assert [(file.name, file.notes) for file in parse_diff(text)] == [
        ("run.sh", ("old mode 100644", "new mode 100755"))
    ]
    write_files(folder, {"logo.bin": "\0\1\2"})
    assert "Binary files /dev/null and b/logo.bin differ" in (await changes(folder))["logo.bin"].notes


async def test_contents_that_look_like_a_diff_stay_contents(folder: Path) -> None:
    write_files(folder, {"fake.patch": "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n"})
    files = await changes(folder)
    assert set(files) == {"fake.patch"}
    assert [line.text for line in files["fake.patch"].lines[1:]] == [
        "diff --git a/x b/x",
        "--- a/x",
        "+++ b/x",
        "@@ -1 +1 @@",
    ]
