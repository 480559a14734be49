"""Git's smart HTTP: clone, fetch and push, through ``git http-backend`` and streamed both ways."""

import asyncio
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

import structlog
from quart import Quart, Request, Response, request
from quart.wrappers.request import Body

from cadence.forge.git import git_environment
from cadence.forge.guard import presented_token, same_token
from cadence.forge.shelf import BareRepo, Shelf
from core.commands import signal_session

_SERVICES: Final = frozenset({"git-upload-pack", "git-receive-pack"})
_CHUNK: Final = 65536

_log = structlog.get_logger(__name__)


def add_smart_http(app: Quart, shelf: Shelf, token: str) -> None:
    """Serve every repository of the shelf to whoever has the token, at ``/{owner}/{name}.git``."""

    async def answer(owner: str, name: str, service: str, path: str) -> Response:
        presented = presented_token(request)
        if presented is None or not same_token(presented, token):
            return Response("The token is missing or wrong.\n", 401, {"WWW-Authenticate": 'Basic realm="Cadence"'})
        repo = shelf.find(owner, name)
        if repo is None or service not in _SERVICES:
            return Response("No such repository.\n", HTTPStatus.NOT_FOUND)
        return await _answer(request, repo, path)

    @app.get("/<owner>/<name>.git/info/refs")
    async def advertise(owner: str, name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        return await answer(owner, name, request.args.get("service", ""), "info/refs")

    @app.post("/<owner>/<name>.git/<service>")
    async def serve(owner: str, name: str, service: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        return await answer(owner, name, service, service)


async def _answer(asked: Request, repo: BareRepo, path: str) -> Response:
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        env=_environment(asked, repo, path),
    )
    exchange = _Exchange(process, asked.body, f"{repo.full_name}/{path}")
    try:
        status, headers = await exchange.head()
    except BaseException:
        await exchange.finish()
        raise
    response = Response(exchange.body(), status, headers)
    # A large clone may take longer than Quart gives an ordinary answer.
    response.timeout = None
    return response


def _environment(asked: Request, repo: BareRepo, path: str) -> dict[str, str]:
    """The CGI variables. Without CONTENT_LENGTH the backend reads to the end, which is right for a chunked push."""
    given = {
        "CONTENT_TYPE": asked.headers.get("Content-Type"),
        "CONTENT_LENGTH": asked.headers.get("Content-Length"),
        "HTTP_CONTENT_ENCODING": asked.headers.get("Content-Encoding"),
        "GIT_PROTOCOL": asked.headers.get("Git-Protocol"),
    }
    return {
        **git_environment(),
        "GIT_PROJECT_ROOT": str(repo.path.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repo.path.name}/{path}",
        "QUERY_STRING": asked.query_string.decode("ascii", "replace"),
        "REQUEST_METHOD": asked.method,
        "REMOTE_ADDR": "127.0.0.1",
        # The backend takes pushes from users only; whoever has the token is one.
        "REMOTE_USER": "cadence",
        **{name: text for name, text in given.items() if text is not None},
    }


class _Exchange:
    """One request's way through one backend process: the body goes in while the answer comes out."""

    def __init__(self, process: Process, body: Body, what: str) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise AssertionError("all three streams were asked for")
        self._process = process
        self._what = what
        self._stdin, self._stdout = process.stdin, process.stdout
        self._feeding = asyncio.create_task(self._feed(body))
        self._complaints = asyncio.create_task(process.stderr.read())

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read the CGI headers. A backend that dies before them has answered 500."""
        headers = dict[str, str]()
        while line := (await self._stdout.readline()).decode("latin-1").strip():
            name, _, value = line.partition(": ")
            headers[name] = value
        status = headers.pop("Status", "200 OK" if headers else "500 Internal Server Error")
        return int(status[:3]), headers

    async def body(self) -> AsyncIterator[bytes]:
        """Pass on what the backend prints; the process is gone when this ends, however it ends."""
        try:
            while piece := await self._stdout.read(_CHUNK):
                yield piece
        finally:
            await self.finish()

    async def finish(self) -> None:
        """Leave no process and no task behind."""
        self._feeding.cancel()
        if not self._stdout.at_eof():
            signal_session(self._process, signal.SIGKILL)
            # What is left in the pipe has to be read, or it stays open.
            await self._stdout.read()
        status = await self._process.wait()
        complaints = await self._complaints
        await asyncio.gather(self._feeding, return_exceptions=True)
        if status != 0:
            _log.warning("git_backend_failed", what=self._what, status=status, said=complaints.decode(errors="replace"))

    async def _feed(self, body: Body) -> None:
        try:
            async for piece in body:
                self._stdin.write(piece)
                await self._stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            # The backend answers without reading on when it refuses; its answer says why.
            return
        finally:
            self._stdin.close()
