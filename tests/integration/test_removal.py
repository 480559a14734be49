"""What an agent has left goes, whatever it is like."""

import os
import sys
from pathlib import Path

from core.sandbox.daemon.removal import remove_folder
from core.sandbox.daemon.upkeep import size_of

_SIZE = 1 << 20
_DEPTH = sys.getrecursionlimit() + 100


def _bury(folder: Path, depth: int, name: str) -> None:
    """Make a tree whose deepest folder no path can name any more."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    file = os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=at)
    os.write(file, b"x" * _SIZE)
    os.close(file)
    os.close(at)


def test_a_tree_goes_that_is_deeper_than_any_path_can_be_long(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    _bury(folder, _DEPTH, "d" * 100)

    assert size_of(folder) >= _SIZE
    remove_folder(folder)

    assert not folder.exists()


def test_what_a_link_points_to_stays(tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "run"
    kept.mkdir()
    (kept / "file").write_text("ours")
    folder.mkdir()
    (folder / "link").symlink_to(kept)
    (folder / "loop").symlink_to(folder)

    remove_folder(folder)

    assert (kept / "file").read_text() == "ours"
    assert not folder.exists()


def test_folders_go_whose_rights_were_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "locked" / "inner").mkdir(parents=True)
    (folder / "locked" / "inner" / "file").write_text("x")
    (folder / "locked" / "inner").chmod(0)
    (folder / "locked").chmod(0)
    folder.chmod(0)

    remove_folder(folder)

    assert not folder.exists()
