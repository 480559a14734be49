"""``/api/codebase``: have a repository read, and see what is known about it and which files a task needs."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from pydantic import AliasPath, Field, computed_field
from quart import Blueprint, abort

from api.agents import known_repo
from api.callers import the_caller
from api.contract import BRANCH, TEXT, Answer, View, Wanted, about, answers, takes
from api.views import RelevantFileView
from api.waiting import once_done
from core.agents.directory import Directory
from core.bell import Bell
from core.context.engine import ContextEngine
from core.jobs import READ_CODE
from core.model.code import CodeRequest
from core.model.ring import JobRing
from core.watch import watch_topic

_WAIT_SECONDS: Final = 20.0


class Analyze(Wanted):
    """A repository to be read, by full name or address. With a ``task``, the files it needs are found as well."""

    repo: str = Field(max_length=300, pattern=TEXT)
    branch: str | None = Field(default=None, max_length=200, pattern=BRANCH)
    task: str | None = Field(default=None, max_length=4000, pattern=r"^[^\x00]*$")


class DependencyView(View):
    """Something that the repository depends on."""

    name: str
    version: str


class CodebaseView(View):
    """What is known about a codebase, as the user's data model has it. ``leftOut`` counts files by why."""

    repo_url: str = ""
    branch: str
    commit: str | None
    framework: str
    language: str
    relevant_files: list[RelevantFileView]
    dependencies: list[DependencyView]
    files: int
    left_out: dict[str, int]
    analyzed_at: datetime


class Asked(View):
    """A repository is being read. Look again under ``url``."""

    id: UUID
    done: bool
    failure: str | None

    @computed_field
    @property
    def url(self) -> str:
        """Where to look again."""
        return f"/api/codebase/requests/{self.id}"


class IndexView(View):
    """A repository that has been read."""

    repo_name: str
    branch: str | None
    commit: str | None
    language: str = Field(validation_alias=AliasPath("stack", "language"))
    framework: str = Field(validation_alias=AliasPath("stack", "framework"))
    left_out: dict[str, int]
    analyzed_at: datetime | None = Field(validation_alias="synced_at")


class Indexes(View):
    """Repositories that have been read, the latest first."""

    codebases: list[IndexView]


def codebase_routes(engine: ContextEngine, directory: Directory, bell: Bell) -> Blueprint:
    """The caller's own view of repositories."""
    routes = Blueprint("codebase", __name__, url_prefix="/api/codebase")
    database = engine.database

    async def requested(request_id: UUID) -> CodeRequest:
        async with database.transaction() as tx:
            request = await tx.code.request(request_id)
        if request is None or request.person_id != the_caller().person.id:
            abort(404, "You have asked for nothing of the kind.")
        return request

    @routes.get("")
    @answers(Indexes)
    @about("Codebase")
    async def every() -> Answer:
        """List the repositories that have been read for you, and that you may see."""
        caller = the_caller()
        seen = {repo.full_name.lower() for repo in await directory.repos(caller.person.id)}
        async with database.transaction() as tx:
            states = await tx.code.every(caller.person.id)
        return Indexes(codebases=[IndexView.of(state) for state in states if state.repo_name.lower() in seen])

    @routes.post("/analyze")
    @takes(Analyze)
    @answers(CodebaseView, 200)
    @answers(Asked, 202)
    @about("Codebase")
    async def analyze(data: Analyze) -> Answer:
        """Read a repository as it is now, and say what is known about it."""
        caller = the_caller()
        repo = known_repo(data.repo, await directory.repos(caller.person.id, anew=True))
        request_id = uuid4()
        async with database.transaction() as tx:
            branch = data.branch or repo.default_branch
            await tx.code.ask(request_id, caller.person.id, repo.full_name, branch)
            tx.ring(JobRing(READ_CODE, request_id))
        request = await once_done(bell, watch_topic(caller.person.id), lambda: requested(request_id), _WAIT_SECONDS)
        if request.failure is not None:
            abort(409, request.failure)
        context = await engine.context(caller.person.id, repo.full_name, data.task) if request.done else None
        if context is None:
            asked = Asked.of(request)
            return asked, 202, {"Location": asked.url}
        return CodebaseView.of(context).model_copy(update={"repo_url": repo.url})

    @routes.get("/requests/<uuid:request_id>")
    @answers(Asked)
    @about("Codebase")
    async def look(request_id: UUID) -> Answer:
        """See whether a repository has been read."""
        return Asked.of(await requested(request_id))

    return routes
