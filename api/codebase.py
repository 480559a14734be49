"""``/api/codebase``: have a repository read, and see what is known about it and which files a task needs."""

import asyncio
from datetime import datetime
from typing import Final, Self
from uuid import UUID, uuid4

from pydantic import Field
from quart import Blueprint, abort

from api.agents import known_repo
from api.callers import Caller, Callers
from api.contract import Answer, View, Wanted, about, answers, takes
from api.views import RelevantFileView
from core.agents.directory import Directory
from core.bell import Bell
from core.context.engine import ContextEngine
from core.jobs import READ_CODE
from core.model.code import CodeRequest, IndexState
from core.model.context import CodebaseContext
from core.model.people import Repo
from core.model.ring import JobRing
from core.watch import watch_topic

_WAIT_SECONDS: Final = 20.0
_LOOK_EVERY_SECONDS: Final = 1.0


class Analyze(Wanted):
    """A repository to be read, by full name or address. With a ``task``, the files it needs are found as well."""

    repo: str = Field(max_length=300, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
    branch: str | None = Field(default=None, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")
    task: str | None = Field(default=None, max_length=4000, pattern=r"^[^\x00]*$")


class DependencyView(View):
    """Something that the repository depends on."""

    name: str
    version: str


class CodebaseView(View):
    """What is known about a codebase, as the user's data model has it. ``leftOut`` counts files by why."""

    repo_url: str
    branch: str
    commit: str | None
    framework: str
    language: str
    relevant_files: list[RelevantFileView]
    dependencies: list[DependencyView]
    files: int
    left_out: dict[str, int]
    analyzed_at: datetime

    @classmethod
    def of(cls, context: CodebaseContext, repo: Repo) -> Self:
        """A codebase as it is sent."""
        return cls(
            repo_url=repo.url,
            branch=context.branch,
            commit=context.commit,
            framework=context.framework,
            language=context.language,
            relevant_files=[RelevantFileView.of(file) for file in context.relevant_files],
            dependencies=[DependencyView(name=each.name, version=each.version) for each in context.dependencies],
            files=context.files,
            left_out=context.left_out,
            analyzed_at=context.analyzed_at,
        )


class Asked(View):
    """A repository is being read. Look again under ``url``."""

    id: UUID
    url: str
    done: bool
    failure: str | None


class IndexView(View):
    """A repository that has been read."""

    repo_name: str
    branch: str | None
    commit: str | None
    language: str
    framework: str
    left_out: dict[str, int]
    analyzed_at: datetime | None

    @classmethod
    def of(cls, state: IndexState) -> Self:
        """An index as it is listed."""
        return cls(
            repo_name=state.repo_name,
            branch=state.branch,
            commit=state.commit,
            language=state.stack.language,
            framework=state.stack.framework,
            left_out=state.left_out,
            analyzed_at=state.synced_at,
        )


class Indexes(View):
    """Repositories that have been read, the latest first."""

    codebases: list[IndexView]


def codebase_routes(callers: Callers, engine: ContextEngine, directory: Directory, bell: Bell) -> Blueprint:
    """The caller's own view of repositories."""
    routes = Blueprint("codebase", __name__, url_prefix="/api/codebase")
    database = engine.database

    async def requested(request_id: UUID, caller: Caller) -> CodeRequest:
        async with database.transaction() as tx:
            request = await tx.code.request(request_id)
        if request is None or request.person_id != caller.person.id:
            abort(404, "You have asked for nothing of the kind.")
        return request

    async def read(request_id: UUID, caller: Caller) -> CodeRequest:
        """The request once it is done, or as it is when that takes long."""
        deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
        async with bell.listen(watch_topic(caller.person.id)) as ear:
            while True:
                request = await requested(request_id, caller)
                left = deadline - asyncio.get_running_loop().time()
                if request.done or left <= 0:
                    return request
                await ear.wait(min(left, _LOOK_EVERY_SECONDS))

    @routes.get("")
    @answers(Indexes)
    @about("Codebase")
    async def every() -> Answer:
        """List the repositories that have been read for you."""
        caller = await callers.require()
        async with database.transaction() as tx:
            return Indexes(codebases=[IndexView.of(state) for state in await tx.code.every(caller.person.id)])

    @routes.post("/analyze")
    @takes(Analyze)
    @answers(CodebaseView, 200)
    @answers(Asked, 202)
    @about("Codebase")
    async def analyze(data: Analyze) -> Answer:
        """Read a repository as it is now, and say what is known about it."""
        caller = await callers.require()
        repo = known_repo(data.repo, (await directory.surroundings(caller.person.id, anew=True)).repos)
        request_id = uuid4()
        async with database.transaction() as tx:
            branch = data.branch or repo.default_branch
            await tx.code.ask(request_id, caller.person.id, repo.full_name, branch)
            tx.ring(JobRing(READ_CODE, request_id))
        request = await read(request_id, caller)
        if request.failure is not None:
            abort(409, request.failure)
        context = await engine.context(caller.person.id, repo.full_name, data.task) if request.done else None
        if context is None:
            url = f"/api/codebase/requests/{request_id}"
            return Asked(id=request_id, url=url, done=False, failure=None), 202, {"Location": url}
        return CodebaseView.of(context, repo)

    @routes.get("/requests/<uuid:request_id>")
    @answers(Asked)
    @about("Codebase")
    async def look(request_id: UUID) -> Answer:
        """See whether a repository has been read."""
        request = await requested(request_id, await callers.require())
        url = f"/api/codebase/requests/{request_id}"
        return Asked(id=request.id, url=url, done=request.done, failure=request.failure)

    return routes
