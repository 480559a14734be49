"""What routes take and answer, said once for the checks and for the description at ``/openapi.json``."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from quart import Quart, ResponseReturnValue
from quart_schema import (
    HttpSecurityScheme,
    Info,
    OpenAPIProvider,
    QuartSchema,
    tag,
    validate_querystring,  # pyright: ignore[reportUnknownVariableType] (typed in part)
    validate_request,  # pyright: ignore[reportUnknownVariableType]
    validate_response,  # pyright: ignore[reportUnknownVariableType]
)
from werkzeug.routing import BaseConverter, Rule, UUIDConverter

from api.problems import MEDIA_TYPE, Problem

_Route = Callable[..., Awaitable[Any]]
_DESCRIBED: Final = ("/api/", "/healthz", "/readyz")


class View(BaseModel):
    """Something that is sent: its fields are in camelCase, as in the user's data models."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True, frozen=True)


class Wanted(BaseModel):
    """Something that is asked for; a field that nobody knows is an error, so that a slip is noticed."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


def takes(model: type[BaseModel]) -> Callable[[_Route], _Route]:
    """The JSON body, which the route gets as ``data``."""
    return cast("Callable[[_Route], _Route]", validate_request(model))


def asks(model: type[BaseModel]) -> Callable[[_Route], _Route]:
    """The query, which the route gets as ``query_args``."""
    return cast("Callable[[_Route], _Route]", validate_querystring(model))


def answers(model: type[BaseModel], status: int = 200) -> Callable[[_Route], _Route]:
    """What comes back when all is well."""
    return cast("Callable[[_Route], _Route]", validate_response(model, status))


def about(*names: str) -> Callable[[_Route], _Route]:
    """Under which heading a route is described."""
    return cast("Callable[[_Route], _Route]", tag(names))


class _Description(OpenAPIProvider):
    """Ours alone, with every failure in the one form that failures have."""

    def generate_rules(self) -> Iterable[Rule]:
        return sorted(
            (rule for rule in super().generate_rules() if rule.rule.startswith(_DESCRIBED)), key=lambda rule: rule.rule
        )

    def build_path_parameter(self, name: str, converter: BaseConverter) -> dict[str, Any]:
        parameter = super().build_path_parameter(name, converter)
        if isinstance(converter, UUIDConverter):
            parameter["schema"] = {"type": "string", "format": "uuid"}
        return parameter

    def schema(self) -> dict[str, Any]:
        described = super().schema()
        described["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        failure = {
            "description": "What went wrong, with a sentence that helps.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for path in described["paths"].values():
            for operation in path.values():
                known = {str(status): answer for status, answer in operation["responses"].items()}
                operation["responses"] = {**known, "default": failure}
        return described


def describe(app: Quart, version: str) -> QuartSchema:
    """Serve the description at ``/openapi.json``. The page at ``/docs`` is ours: it needs no script of others."""
    described = QuartSchema(
        openapi_path="/openapi.json",
        redoc_ui_path=None,
        scalar_ui_path=None,
        swagger_ui_path=None,
        info=Info(title="Cadence", version=version),
        security_schemes={"token": HttpSecurityScheme(scheme="bearer")},
        security=[{"token": []}],
        convert_casing=False,
    )
    described.openapi_provider_class = _Description
    described.init_app(app)
    return described


Answer = ResponseReturnValue | BaseModel | tuple[BaseModel, int] | tuple[BaseModel, int, dict[str, str]]
