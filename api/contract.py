"""What routes take and answer, said once for the checks and for the description at ``/openapi.json``."""

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any, Final, Self, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from quart import Quart, Response, ResponseReturnValue, request
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
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.routing import BaseConverter, Rule, UUIDConverter

from api.problems import MEDIA_TYPE, Problem, what_is_wrong

_Route = Callable[..., Awaitable[Any]]
_LONGEST_KEY: Final = 200
_JSON: Final = "application/json"
_DESCRIBED: Final = ("/api/", "/healthz", "/readyz")
OPEN_TO_ALL: Final = frozenset({"/api/auth/github", "/api/auth/refresh", "/healthz", "/readyz"})
_BODY: Final = "_cadence_body"
_RECORDING: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"audio": {"type": "string", "format": "binary"}},
    "required": ["audio"],
}
# What Postgres keeps, and somebody can read: no NUL, and not blank.
TEXT: Final = r"^[^\x00]*[^\s\x00][^\x00]*$"
BRANCH: Final = r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"
_NOTHING_BACK: Final[dict[str, Any]] = {"204": {"description": "Done."}}


class View(BaseModel):
    """Something that is sent: its fields are in camelCase, as in the user's data models."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True, frozen=True, from_attributes=True
    )

    @classmethod
    def of(cls, source: object) -> Self:
        """What is sent of this: those of its attributes that have a field here, and no others."""
        return cls.model_validate(source)


class Wanted(BaseModel):
    """Something that is asked for; a field that nobody knows is an error, so that a slip is noticed."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


def _no_truth(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("send a whole number")  # noqa: TRY004 (what the library turns into a problem)
    return value


# As JSON has it: 18.0 is one, and neither true nor "18" is.
WHOLE: Final = BeforeValidator(_no_truth)


def takes(model: type[BaseModel]) -> Callable[[_Route], _Route]:
    """The JSON body, which the route gets as ``data``, read by the model itself: it minds how deep a text is nested."""

    def decorate(route: _Route) -> _Route:
        described = cast("_Route", validate_request(model)(route))

        @wraps(described)
        async def read(*given: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever the route takes and answers)
            if not request.is_json:
                raise UnsupportedMediaType("Send JSON, and say so: Content-Type: application/json.")
            body = await request.get_data(cache=False, as_text=False, parse_form_data=False)
            return await route(*given, data=_read(model, body), **named)

        return read

    return decorate


def _read(model: type[BaseModel], body: bytes) -> BaseModel:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise BadRequest(what_is_wrong(error)) from None


def idempotency_key() -> str | None:
    """What the caller calls this request, so that it counts once however often it is sent."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= _LONGEST_KEY:
        raise BadRequest(f"Send an Idempotency-Key of 1 to {_LONGEST_KEY} characters.")
    return key


def asks(model: type[BaseModel]) -> Callable[[_Route], _Route]:
    """The query, which the route gets as ``query_args``."""
    return cast("Callable[[_Route], _Route]", validate_querystring(model))


def answers(model: type[BaseModel], status: int = 200) -> Callable[[_Route], _Route]:
    """What comes back when all is well. It is written out here, by the model itself, which is ten times as quick."""

    def decorate(route: _Route) -> _Route:
        described = cast("_Route", validate_response(model, status)(route))

        @wraps(described)
        async def answer(*given: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever the route takes and answers)
            said: Answer = await route(*given, **named)
            if isinstance(said, BaseModel):
                return _written(said)
            if isinstance(said, tuple) and isinstance(said[0], BaseModel):
                return _written(*cast("Any", said))
            return said

        return answer

    return decorate


def _written(body: BaseModel, status: Any = 200, headers: Any = ()) -> Response:  # noqa: ANN401 (as Quart has them)
    response = Response(body.model_dump_json(), status=status, content_type=_JSON)
    response.headers.extend(headers)
    return response


def about(*names: str) -> Callable[[_Route], _Route]:
    """Under which heading a route is described."""
    return cast("Callable[[_Route], _Route]", tag(names))


def takes_recording_or(model: type[BaseModel]) -> Callable[[_Route], _Route]:
    """Described only: JSON, or a form with a file called audio. The route reads the body itself."""

    def mark(route: _Route) -> _Route:
        setattr(route, _BODY, model)
        return route

    return mark


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

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        paths, components = cast("tuple[dict[str, Any], dict[str, Any]]", super().build_paths(rule))
        model: type[BaseModel] | None = getattr(self._app.view_functions[rule.endpoint], _BODY, None)
        if model is not None:
            written = {"application/json": {"schema": model.model_json_schema()}}
            for path in paths.values():
                path["post"]["requestBody"] = {"content": {**written, "multipart/form-data": {"schema": _RECORDING}}}
        return paths, components

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
                operation["responses"] = {**(known or _NOTHING_BACK), "default": failure}
                if "requestBody" in operation:
                    operation["requestBody"]["required"] = True
        for path in OPEN_TO_ALL & described["paths"].keys():
            for operation in described["paths"][path].values():
                operation["security"] = []
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


Answer = ResponseReturnValue | BaseModel | tuple[BaseModel, int] | tuple[BaseModel, int, dict[str, str] | Headers]
