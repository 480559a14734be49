"""Lets a box read packages, and do nothing else, at the registries of its machine.

``/pypi/simple/`` and ``/npm/`` stand for the registries. Where their pages name files on other hosts, the names are
rewritten to lead through here, and only hosts that were named so are asked.
"""

import re
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

import httpx
import structlog
from aiohttp import web

from core.sandbox.daemon.box_spec import GATE_PORT
from core.sandbox.daemon.registries import Registries

_log = structlog.get_logger(__name__)

_HERE: Final = f"http://127.0.0.1:{GATE_PORT}"
_PATH: Final = re.compile(
    r"/(?P<kind>pypi|npm)/(?P<rest>[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,1000})"
    r"(?P<query>\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,4000})?"
)
_CLIMBS: Final = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)|//|%2f\.|%5c|%00", re.IGNORECASE)
_FILES: Final = re.compile(r"files/(?P<scheme>https?)/(?P<host>[A-Za-z0-9.:-]+)/(?P<path>.+)")
_ADDRESS: Final = re.compile(rb"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.:-]+)/")
_ASKED_WITH: Final = ("accept", "if-none-match", "if-modified-since", "range", "user-agent", "npm-command")
_ANSWERED_WITH: Final = (
    *("content-type", "etag", "last-modified", "cache-control", "content-range", "accept-ranges", "content-length"),
    *("x-pypi-last-serial", "vary"),
)
_PAGES: Final = ("text/html", "application/json", "application/vnd.pypi.simple", "application/vnd.npm.install")
_LARGEST_PAGE: Final = 64 << 20
_LARGEST_FILE: Final = 1 << 30
_TIMEOUT: Final = httpx.Timeout(60, connect=10)


@dataclass(slots=True)
class PackageGateway:
    """One run's. ``client`` knows no credential of the machine's."""

    registries: Registries
    client: httpx.AsyncClient
    _named: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The registry's answer; None for what is no reading of a package."""
        address = self._address(request)
        if address is None:
            return None
        kind, url = address
        headers = {name: request.headers[name] for name in _ASKED_WITH if name in request.headers}
        try:
            async with self.client.stream(request.method, url, headers=headers) as upstream:
                if upstream.is_redirect:
                    return self._sent_on(kind, upstream)
                if request.method == "GET" and _is_page(upstream):
                    return await self._page(kind, upstream)
                return await _file(request, upstream)
        except httpx.HTTPError as problem:
            _log.warning("registry_unreachable", error=type(problem).__name__)
            return web.Response(status=HTTPStatus.BAD_GATEWAY, text="Cadence could not reach the registry just now.\n")

    def _address(self, request: web.BaseRequest) -> tuple[str, str] | None:
        """Which registry it is, and what is to be asked there."""
        path = _PATH.fullmatch(request.raw_path)
        if request.method not in {"GET", "HEAD"} or path is None or _CLIMBS.search(request.raw_path[1:]):
            return None
        kind, rest = path["kind"], path["rest"]
        base = self.registries.pypi if kind == "pypi" else self.registries.npm
        file = _FILES.fullmatch(rest)
        if base is None or (file is not None and (kind, file["scheme"], file["host"]) not in self._named):
            return None
        if file is not None:
            # A registry that sends us on to a store of files signs the address in its query.
            return kind, f"{file['scheme']}://{file['host']}/{file['path']}{path['query'] or ''}"
        if path["query"]:
            return None
        if kind == "npm":
            return kind, f"{base}/{rest}"
        top, _, project = rest.partition("/")
        # Files that a page names relative to itself lie beside the index.
        return kind, f"{base}/{project}" if top == "simple" else f"{base.rpartition('/')[0]}/{rest}"

    def _sent_on(self, kind: str, upstream: httpx.Response) -> web.Response:
        target = urljoin(str(upstream.url), upstream.headers.get("location", ""))
        location = self._rewritten(kind, target.encode()).decode()
        return web.Response(status=upstream.status_code, headers={"location": location})

    async def _page(self, kind: str, upstream: httpx.Response) -> web.Response:
        body = bytearray()
        async for chunk in upstream.aiter_bytes():
            body += chunk
            if len(body) > _LARGEST_PAGE:
                return web.Response(status=HTTPStatus.BAD_GATEWAY, text="That page of the registry is too large.\n")
        headers = {name: upstream.headers[name] for name in ("content-type", "etag") if name in upstream.headers}
        return web.Response(status=upstream.status_code, body=self._rewritten(kind, bytes(body)), headers=headers)

    def _rewritten(self, kind: str, page: bytes) -> bytes:
        def lead_through_here(found: re.Match[bytes]) -> bytes:
            scheme, host = found["scheme"].decode(), found["host"].decode()
            self._named.add((kind, scheme, host))
            return f"{_HERE}/{kind}/files/{scheme}/{host}/".encode()

        return _ADDRESS.sub(lead_through_here, page)


@asynccontextmanager
async def open_package_gateway(registries: Registries) -> AsyncGenerator[PackageGateway]:
    """A gateway for the length of the block. The machine's own certificates count, as they do for pip and npm."""
    async with httpx.AsyncClient(timeout=_TIMEOUT, verify=ssl.create_default_context()) as client:
        yield PackageGateway(registries, client)


def _is_page(upstream: httpx.Response) -> bool:
    return upstream.headers.get("content-type", "").startswith(_PAGES)


async def _file(request: web.BaseRequest, upstream: httpx.Response) -> web.StreamResponse:
    """Hand a file on as it comes."""
    if int(upstream.headers.get("content-length", 0)) > _LARGEST_FILE:
        return web.Response(status=HTTPStatus.BAD_GATEWAY, text="Cadence passes on files of at most 1 GB.\n")
    kept = {name: upstream.headers[name] for name in _ANSWERED_WITH if name in upstream.headers}
    if "content-encoding" in upstream.headers:
        kept["content-encoding"] = upstream.headers["content-encoding"]
    response = web.StreamResponse(status=upstream.status_code, headers=kept)
    await response.prepare(request)
    passed = 0
    async for chunk in upstream.aiter_raw():
        passed += len(chunk)
        if passed > _LARGEST_FILE:
            break
        await response.write(chunk)
    await response.write_eof()
    return response
