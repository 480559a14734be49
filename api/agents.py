"""``/api/agents``: agents as the user's data model has them."""

from dataclasses import asdict

from quart import Blueprint, ResponseReturnValue, abort

from api.auth import LOCAL_USER, LocalSignIn
from core.model.agent import Agent
from core.model.messages import Channel
from core.model.people import Identity
from core.store.database import Database


def agent_routes(sign_in: LocalSignIn, database: Database) -> Blueprint:
    """The agents of the person at this computer."""
    routes = Blueprint("agents", __name__, url_prefix="/api/agents")

    @routes.get("")
    async def every() -> ResponseReturnValue:
        sign_in.require()
        return {"agents": [agent_json(agent) for agent in await local_agents(database)]}

    return routes


async def local_agents(database: Database) -> list[Agent]:
    """The agents of the person at this computer, live ones first."""
    async with database.transaction() as tx:
        person = await tx.people.who_is(Identity(Channel.APP, LOCAL_USER))
        if person is None:
            abort(404, "Nobody is signed in on this computer.")
        return await tx.agents.of(person.id)


def agent_json(agent: Agent) -> dict[str, object]:
    """An agent in the user's field names."""
    data = agent.metadata
    return {
        "id": str(agent.id),
        "number": agent.number,
        "name": agent.name,
        "userId": str(agent.user_id),
        "repoUrl": agent.repo_url,
        "repoName": agent.repo_name,
        "branch": agent.branch,
        "taskDescription": agent.task_description,
        "status": agent.status,
        "phase": agent.phase,
        "step": agent.step,
        "failure": agent.failure,
        "progress": agent.progress,
        "tasks": [asdict(task) for task in agent.tasks],
        "question": agent.question and {"text": agent.question.text, "options": list(agent.question.options)},
        "parked": agent.parked,
        "round": agent.round,
        "report": agent.report and asdict(agent.report),
        "model": agent.model,
        "source": agent.source,
        "metadata": {
            "filesChanged": data.files_changed,
            "linesAdded": data.lines_added,
            "linesRemoved": data.lines_removed,
            "prUrl": data.pr_url,
            "estimatedCost": data.estimated_cost,
        },
        "createdAt": agent.created_at.isoformat(),
        "updatedAt": agent.updated_at.isoformat(),
        "completedAt": agent.completed_at.isoformat() if agent.completed_at else None,
    }
