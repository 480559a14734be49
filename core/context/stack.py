"""What a repository is made of: its main language, its framework, and what it depends on, in which versions.

Manifests say what is wanted, lock files which version that has come to. Neither is ever run.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, cast

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from core.context.chunks import language_of
from core.context.selection import kind_of, why_not
from core.context.source import Entry, GitSource
from core.model.code import Kind, Stack
from core.model.context import Dependency

_LARGEST: Final = 4 << 20
_MOST_FILES: Final = 60
_MOST: Final = 500
_DEEPEST: Final = 3
UNKNOWN: Final = "unknown"
_SAME_LANGUAGE: Final = {"tsx": "typescript", "jsx": "javascript"}
_MANIFESTS: Final = re.compile(
    r"(?:package(?:-lock)?\.json|pyproject\.toml|uv\.lock|poetry\.lock|requirements[\w.-]*\.txt|Cargo\.(?:toml|lock)|go\.mod)"
)
_GO: Final = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[a-z]+/\S+)\s+(v\S+)", re.MULTILINE)
# The first one that is depended on: what is built upon others comes before them.
_FRAMEWORKS: Final = (
    ("next", "next"), ("nuxt", "nuxt"), ("@angular/core", "angular"), ("svelte", "svelte"), ("vue", "vue"),
    ("react", "react"), ("@nestjs/core", "nest"), ("fastify", "fastify"), ("hono", "hono"), ("koa", "koa"),
    ("express", "express"), ("django", "django"), ("fastapi", "fastapi"), ("quart", "quart"), ("flask", "flask"),
    ("starlette", "starlette"), ("aiohttp", "aiohttp"), ("github.com/gin-gonic/gin", "gin"),
    ("github.com/labstack/echo/v4", "echo"), ("github.com/gofiber/fiber/v2", "fiber"),
    ("github.com/go-chi/chi/v5", "chi"), ("axum", "axum"), ("actix-web", "actix"), ("rocket", "rocket"),
)  # fmt: skip

_Wanted = Iterator[tuple[str, str]]


async def describe(source: GitSource, entries: Sequence[Entry]) -> Stack:
    """Read the manifests near the root. What cannot be read is left out: it is the repository's own affair."""
    manifests = [entry for entry in entries if _is_manifest(entry)][:_MOST_FILES]
    contents = {sha: content async for sha, content in source.contents([entry.sha for entry in manifests])}
    wanted: dict[str, str] = {}
    locked: dict[str, str] = {}
    for entry in sorted(manifests, key=lambda entry: entry.path.count("/"), reverse=True):
        name = PurePosixPath(entry.path).name
        into = locked if name in _LOCKS else wanted
        into.update(_read(name, contents.get(entry.sha, b"")))
    dependencies = tuple(Dependency(name, locked.get(name) or version) for name, version in sorted(wanted.items()))
    framework = next((framework for name, framework in _FRAMEWORKS if name in wanted), UNKNOWN)
    return Stack(_language(entries), framework, dependencies[:_MOST])


def _is_manifest(entry: Entry) -> bool:
    path = PurePosixPath(entry.path)
    near = len(path.parts) <= _DEEPEST and why_not(entry.path, 1) in {None, "generated"}
    return near and entry.size <= _LARGEST and _MANIFESTS.fullmatch(path.name) is not None


def _language(entries: Iterable[Entry]) -> str:
    """The language with the most bytes of code."""
    bytes_of: Counter[str] = Counter()
    for entry in entries:
        language = language_of(entry.path)
        if language and kind_of(entry.path) is Kind.CODE and why_not(entry.path, entry.size) is None:
            bytes_of[_SAME_LANGUAGE.get(language, language)] += entry.size
    return max(bytes_of, key=lambda language: bytes_of[language], default=UNKNOWN)


def _read(name: str, content: bytes) -> dict[str, str]:
    text = content.decode(errors="replace")
    reader = _READERS.get(name, _requirements)
    try:
        return {found: version for found, version in reader(text) if found}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _object(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _package_json(text: str) -> _Wanted:
    manifest = _object(json.loads(text))
    for table in ("devDependencies", "dependencies"):
        for name, version in _object(manifest.get(table)).items():
            yield name, str(version)


def _package_lock(text: str) -> _Wanted:
    for place, package in _object(_object(json.loads(text)).get("packages")).items():
        if place.count("node_modules/") == 1:
            yield place.partition("node_modules/")[2], str(_object(package).get("version", ""))


def _requirement(line: object) -> _Wanted:
    try:
        requirement = Requirement(str(line))
    except InvalidRequirement:
        return
    yield canonicalize_name(requirement.name), str(requirement.specifier)


def _requirements(text: str) -> _Wanted:
    for line in text.splitlines():
        wanted = line.partition(" #")[0].partition(" --hash")[0].strip().rstrip("\\").strip()
        if wanted and not wanted.startswith(("#", "-")):
            yield from _requirement(wanted)


def _pyproject(text: str) -> _Wanted:
    manifest = tomllib.loads(text)
    project = _object(manifest.get("project"))
    extras, groups = _object(project.get("optional-dependencies")), _object(manifest.get("dependency-groups"))
    for lines in (*groups.values(), *extras.values(), project.get("dependencies", ())):
        for line in lines:
            yield from _requirement(line)
    for name, wanted in _object(_object(_object(manifest.get("tool")).get("poetry")).get("dependencies")).items():
        if name != "python":
            yield canonicalize_name(name), _version(wanted)


def _toml_lock(text: str) -> _Wanted:
    for package in tomllib.loads(text).get("package", ()):
        yield str(_object(package).get("name", "")), str(_object(package).get("version", ""))


def _cargo(text: str) -> _Wanted:
    manifest = tomllib.loads(text)
    for table in (manifest, _object(manifest.get("workspace"))):
        for kind in ("dev-dependencies", "dependencies"):
            for name, wanted in _object(table.get(kind)).items():
                yield name, _version(wanted)


def _version(wanted: object) -> str:
    return wanted if isinstance(wanted, str) else str(_object(wanted).get("version", ""))


def _go_mod(text: str) -> _Wanted:
    yield from (found for found in _GO.findall(text))


_LOCKS: Final = {
    "package-lock.json": _package_lock,
    "uv.lock": _toml_lock,
    "poetry.lock": _toml_lock,
    "Cargo.lock": _toml_lock,
}
_READERS: Final = {
    **_LOCKS,
    "package.json": _package_json,
    "pyproject.toml": _pyproject,
    "Cargo.toml": _cargo,
    "go.mod": _go_mod,
}
