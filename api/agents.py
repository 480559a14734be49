"""``/api/agents``: put agents to work, see how they stand, and steer them."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool
from quart import Blueprint, abort
from werkzeug.exceptions import BadRequest

from api.callers import the_caller
from api.contract import BRANCH, TEXT, WHOLE, Answer, Wanted, about, answers, asks, takes
from api.messages import message_id, message_of
from api.views import CURSOR, AgentPage, AgentView
from core.agents.desk import AgentDesk
from core.agents.directory import Directory
from core.agents.followups import take_down
from core.agents.wishes import wish
from core.model.agent import Agent, Status
from core.model.command import AgentCreated, Choice, CreateAgent, FollowUpTaken, NotDone, Outcome, Wish
from core.model.errors import Refusal
from core.model.people import Access, Repo
from core.model.ring import WatchRing
from core.store.database import Transaction

_LONGEST_TASK: Final = 4000
_MOST: Final = 100
_TOO_LATE: Final = "It is too late for that: the agent is {status}."


def _listed(value: object) -> object:
    """``?status=running,paused`` and ``?status=running&status=paused`` are alike."""
    return value.split(",") if isinstance(value, str) else value


class NewAgent(Wanted):
    """Work for a new agent. ``repo`` is a full name, ``owner/name``, or the repository's address."""

    repo: str = Field(max_length=300, pattern=TEXT)
    task_description: str = Field(max_length=_LONGEST_TASK, pattern=TEXT)
    branch: str | None = Field(default=None, max_length=200, pattern=BRANCH)
    plan_first: StrictBool = False


class Said(Wanted):
    """Something to tell an agent."""

    text: str = Field(max_length=_LONGEST_TASK, pattern=TEXT)


class Answered(Wanted):
    """An answer to what an agent has asked: in words, or the number of one of its options, from 0."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["option"]}]})

    text: str = Field(default="", max_length=_LONGEST_TASK, pattern=TEXT)
    option: Annotated[int, Field(ge=0, le=100), WHOLE] = -1


class Which(Wanted):
    """Which agents to list."""

    status: Annotated[list[Status], BeforeValidator(_listed)] = Field(default_factory=list[Status])
    limit: int = Field(default=50, ge=1, le=_MOST)
    cursor: str | None = Field(default=None, pattern=CURSOR)


def agent_routes(desk: AgentDesk, directory: Directory) -> Blueprint:  # noqa: PLR0915 (routes)
    """The caller's own agents; those of others are not there."""
    routes = Blueprint("agents", __name__, url_prefix="/api/agents")
    database = desk.database

    async def wished(agent_id: UUID, wanted: Wish) -> AgentView:
        caller = the_caller()
        async with database.transaction() as tx:
            agent = await my_agent(tx, agent_id)
            recorded = await wish(tx, wanted, (agent.id,), caller.person.id)
            tx.ring(WatchRing(caller.person.id))
            now = await my_agent(tx, agent_id)
        if not recorded.agents:
            abort(409, _TOO_LATE.format(status=agent.status))
        return AgentView.of(now)

    async def told(agent_id: UUID, said: str | Choice) -> AgentView:
        caller = the_caller()
        async with database.transaction() as tx:
            await my_agent(tx, agent_id)
            agent = await tx.agents.hold(agent_id)
            outcome = await take_down(tx, agent, said, message_id(), person=caller.person, quota=desk.quota)
            tx.ring(WatchRing(caller.person.id))
            _done(outcome)
            return AgentView.of(await my_agent(tx, agent_id))

    @routes.get("")
    @asks(Which)
    @answers(AgentPage)
    @about("Agents")
    async def every(query_args: Which) -> Answer:
        """List your agents, newest first."""
        caller = the_caller()
        async with database.transaction() as tx:
            found = await tx.agents.page(
                caller.person.id,
                statuses=query_args.status,
                before=None if query_args.cursor is None else int(query_args.cursor),
                limit=query_args.limit + 1,
            )
        page = found[: query_args.limit]
        more = str(page[-1].number) if len(found) > len(page) else None
        return AgentPage(agents=[AgentView.of(agent) for agent in page], next_cursor=more)

    @routes.post("")
    @takes(NewAgent)
    @answers(AgentView, 201)
    @about("Agents")
    async def create(data: NewAgent) -> Answer:
        """Put a new agent to work. With an Idempotency-Key, once however often it is sent."""
        caller = the_caller()
        repo = known_repo(data.repo, await directory.repos(caller.person.id, anew=True))
        message = message_of(data.task_description)
        intent = CreateAgent(repo, data.task_description, data.branch, data.plan_first)
        async with database.transaction() as tx:
            await tx.inbox.accept(message)
            # It is understood already, so nobody needs to handle it.
            await tx.inbox.settle(message.id)
            created = _done(await desk.create(tx, intent, caller.person, message))
            tx.ring(WatchRing(caller.person.id))
        return AgentView.of(created), 201, {"Location": f"/api/agents/{created.id}"}

    @routes.get("/<uuid:agent_id>")
    @answers(AgentView)
    @about("Agents")
    async def one(agent_id: UUID) -> Answer:
        """See how an agent stands."""
        async with database.transaction() as tx:
            return AgentView.of(await my_agent(tx, agent_id))

    @routes.delete("/<uuid:agent_id>")
    @answers(AgentView, 202)
    @about("Agents")
    async def stop(agent_id: UUID) -> Answer:
        """Stop an agent for good. It is stopped once its machine has said so."""
        return await wished(agent_id, Wish.CANCEL), 202

    @routes.post("/<uuid:agent_id>/pause")
    @answers(AgentView, 202)
    @about("Agents")
    async def pause(agent_id: UUID) -> Answer:
        """Have an agent hold before its next step."""
        return await wished(agent_id, Wish.PAUSE), 202

    @routes.post("/<uuid:agent_id>/resume")
    @answers(AgentView, 202)
    @about("Agents")
    async def resume(agent_id: UUID) -> Answer:
        """Let a paused agent go on."""
        return await wished(agent_id, Wish.RESUME), 202

    @routes.post("/<uuid:agent_id>/messages")
    @takes(Said)
    @answers(AgentView, 202)
    @about("Agents")
    async def tell(agent_id: UUID, data: Said) -> Answer:
        """Tell an agent something more; one that is done goes back to work on the same pull request."""
        return await told(agent_id, data.text), 202

    @routes.post("/<uuid:agent_id>/answers")
    @takes(Answered)
    @answers(AgentView, 202)
    @about("Agents")
    async def answer(agent_id: UUID, data: Answered) -> Answer:
        """Answer what an agent has asked."""
        if len(data.model_fields_set) != 1:
            raise BadRequest("Send either a text or the number of an option.")
        async with database.transaction() as tx:
            asked = (await my_agent(tx, agent_id)).question
        if asked is None:
            abort(409, "The agent has not asked anything.")
        said = data.text or Choice(asked.leg, asked.seq, data.option)
        return await told(agent_id, said), 202

    return routes


async def my_agent(tx: Transaction, agent_id: UUID) -> Agent:
    """An agent of the caller's. Aborts with 404 for anybody else's."""
    (agent,) = await tx.agents.named(the_caller().person.id, [agent_id]) or [None]
    return agent or abort(404, "You have no such agent.")


def known_repo(named: str, repos: Sequence[Repo]) -> Repo:
    """The repository of this name or address. Raises Refusal when it is not there, or may only be read."""
    wanted = named.strip().removesuffix(".git").rstrip("/").lower()
    for repo in repos:
        if wanted in {repo.full_name.lower(), repo.url.removesuffix(".git").lower()}:
            if repo.access is not Access.WRITE:
                raise Refusal(f"{repo.full_name} can only be read from here, so no agent can work on it.")
            return repo
    return abort(404, f"You have no repository called {named[:100]}. GET /api/repos lists those that there are.")


def _done(outcome: Outcome) -> Agent:
    """The agent that it is about. Raises Refusal with the sentence that says why it could not be done."""
    match outcome:
        case AgentCreated(agent, _) | FollowUpTaken(agent, _):
            return agent
        case NotDone(reason):
            raise Refusal(reason)
        case _:
            raise Refusal("That cannot be done with this agent now.")
