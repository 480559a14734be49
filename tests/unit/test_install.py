"""What ``make install`` decides before it does anything."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "install.py"


def load(script: Path) -> ModuleType:
    """It is a program and no package, so it is loaded by its path, from the checkout it shall work in."""
    spec = importlib.util.spec_from_file_location("install", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def install() -> ModuleType:
    return load(SCRIPT)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with only what the script reads."""
    (tmp_path / "scripts").mkdir()
    for name in ("install.py", "requirements-uv.lock"):
        shutil.copy(SCRIPT.with_name(name), tmp_path / "scripts")
    for name in ("requirements.lock", "requirements-weights.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    return tmp_path


def run(checkout: Path, *, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    script = str(checkout / "scripts" / "install.py")
    return subprocess.run([sys.executable, "-I", script], env=env, capture_output=True, text=True, check=False)


def test_an_index_of_ones_own_is_passed_on_to_uv(install: ModuleType) -> None:
    assert install.in_uv_words(
        {"index-url": "https://mirror.test/simple", "cert": "/etc/mirror.pem", "quiet": "1", "proxy": ""}
    ) == {"UV_DEFAULT_INDEX": "https://mirror.test/simple", "SSL_CERT_FILE": "/etc/mirror.pem"}


def test_uv_gets_folders_of_wheels_with_commas_between_them(install: ModuleType) -> None:
    assert install.in_uv_words(
        {"find-links": "/wheels\n/more", "extra-index-url": "https://a.test\nhttps://b.test"}
    ) == {
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX": "https://a.test https://b.test",
    }


def test_pips_environment_wins_over_its_files(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://file.test\nfind-links = /wheels\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.test")
    assert install.pip_settings()["index-url"] == "https://environment.test"


def test_what_uv_was_told_itself_wins_over_pip(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.test")
    assert install.uv_environment({"index-url": "https://pip.test"})["UV_DEFAULT_INDEX"] == "https://uv.test"


def test_the_cache_goes_into_the_checkout_when_home_cannot_be_written(checkout: Path) -> None:
    module = load(checkout / "scripts" / "install.py")
    assert module.cache_folder({"HOME": "/proc/nowhere"}) == checkout / ".tools" / "cache"


def test_a_python_that_is_too_old_is_told_so(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    with pytest.raises(SystemExit, match=r"Cadence needs Python 3\.11 or newer"):
        install.main([])


def test_the_fingerprint_tells_a_changed_lock(checkout: Path) -> None:
    module = load(checkout / "scripts" / "install.py")
    before = module.fingerprint()
    assert module.fingerprint() == before
    (checkout / "requirements.lock").write_text("another")
    assert module.fingerprint() != before


def test_a_checkout_that_cannot_be_written_is_named(checkout: Path) -> None:
    (checkout / ".tools").write_text("in the way of the folder")
    result = run(checkout, env={"PATH": "/nowhere"})
    assert result.returncode == 1
    assert result.stderr.startswith(f"Cannot write to {checkout}")
    assert "Traceback" not in result.stderr


def test_a_second_call_does_nothing(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "installed").write_text(load(checkout / "scripts" / "install.py").fingerprint())
    result = run(checkout, env={"PATH": "/nowhere"})
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert not (checkout / ".tools").exists()


def test_the_locks_name_no_index_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-weights.lock", "scripts/requirements-uv.lock"):
        entries = (SCRIPT.parents[1] / name).read_text().replace("\\\n", "").splitlines()
        assert [entry for entry in entries if "--hash=sha256:" not in entry or "://" in entry] == []
