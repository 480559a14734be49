"""``/gateway/code``: a run asks the index of its own repository where something is."""

from typing import Final

from pydantic import BaseModel, Field, ValidationError
from quart import Blueprint, Response, ResponseReturnValue, request

from api.gateway import Porter, refusal
from core.context.engine import ContextEngine
from core.sandbox.protocol import FoundCode, FoundFile

_MOST: Final = 10


class _Question(BaseModel):
    query: str = Field(min_length=1, max_length=1000)


def code_gateway_routes(porter: Porter, engine: ContextEngine) -> Blueprint:
    """Opened by the token of the current run."""
    routes = Blueprint("code_gateway", __name__, url_prefix="/gateway/code")

    @routes.post("")
    async def search() -> ResponseReturnValue:
        agent = await porter.admit_bearer()
        if agent is None:
            return refusal(403, "This run is over, or the token is not one of ours.")
        try:
            asked = _Question.model_validate_json(await request.get_data(cache=False, parse_form_data=False))
        except ValidationError:
            return refusal(400, "Send a query of 1 to 1000 characters.")
        found = await engine.relevant(agent.user_id, agent.repo_name, asked.query)
        files = tuple(FoundFile.model_validate(file) for file in found[:_MOST])
        return Response(FoundCode(files=files).model_dump_json(), content_type="application/json")

    return routes
