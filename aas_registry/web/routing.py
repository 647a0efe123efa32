"""Routes as data: what a route takes, gives, and which permission it needs.

`Routes.operation` registers a view and attaches an `Operation`. From it the request hook
checks the permission (a view without one is never served), the body is bounded and parsed,
``/openapi.json`` is made, and the test of the permission matrix reads its rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from pydantic_core import ErrorDetails

from aas_registry.domain.canonical_json import loads_bounded
from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Work
from aas_registry.domain.errors import InvalidRequestError, UnsupportedTypeError
from aas_registry.domain.expectations import expectation
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.principals import Permission
from aas_registry.services.registry import Registry
from aas_registry.web.schemas.answer import HTML_PAGE, Gives
from aas_registry.web.times import IN_ADDRESS

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
Model = TypeVar("Model", bound=BaseModel)


class RequestModel(BaseModel):
    """Base of every query and body of our own API: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("*", mode="after")
    @classmethod
    def refuse_nul(cls, value: Any) -> Any:
        """Refuse U+0000 in texts: PostgreSQL cannot keep it, and no code or name holds one."""
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and "\0" in text for text in texts):
            raise ValueError("a text may not hold U+0000")
        return value


class NoQuery(RequestModel):
    """The query of a route that takes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is known of one route.

    Attributes:
        permission: Permission that whoever asks must have.
        summary: What it does, in one sentence.
        tag: Heading of its group at ``/docs``.
        query: Model of the query parameters.
        body: Model of a JSON body; the view gets it parsed.
        takes: Media types of a body that the view reads itself, with what they hold.
        answers: A sentence for each status code of its own.
        gives: Forms of a successful answer: models of JSON values, and files; none where it has no body.
        headers: Request headers that matter, with what they hold.
        is_upload: Whether the body may have ``upload_bytes`` instead of ``body_bytes``.
        tells_progress: Whether it also answers lines of progress (``application/x-ndjson``).
        is_page: Whether it answers a page for people, so that errors are pages too.
        form: What shows the page's form again with what was sent, where something in it is wrong.
        work: The kind of work, which decides how long it may take.
    """

    permission: Permission
    summary: str
    tag: str
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    takes: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[int, str] = field(default_factory=dict)
    gives: tuple[Gives, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    is_upload: bool = False
    tells_progress: bool = False
    is_page: bool = False
    form: Callable[[str, Sequence[Finding]], str] | None = None
    work: Work = Work.QUESTION


class Routes:
    """The routes of one noun, on a blueprint of their own."""

    def __init__(self, name: str, *, prefix: str, tag: str, is_page: bool = False) -> None:
        """Open a blueprint; ``tag`` groups its operations at ``/docs``."""
        self.blueprint = Blueprint(name, __name__, url_prefix=prefix)
        self._tag = tag
        self._is_page = is_page
        self._usual: tuple[Gives, ...] = (HTML_PAGE,) if is_page else ()

    def operation(
        self,
        method: Method,
        rule: str,
        *,
        permission: Permission,
        query: type[BaseModel] | None = None,
        body: type[BaseModel] | None = None,
        takes: Mapping[str, str] | None = None,
        answers: Mapping[int, str] | None = None,
        gives: Gives | tuple[Gives, ...] = (),
        headers: Mapping[str, str] | None = None,
        is_upload: bool = False,
        tells_progress: bool = False,
        form: Callable[[str, Sequence[Finding]], str] | None = None,
        work: Work | None = None,
    ) -> Callable[[View], View]:
        """Register a view; the first line of its docstring becomes the summary."""

        def register(view: View) -> View:
            known = Operation(
                permission=permission,
                summary=(view.__doc__ or view.__name__).strip().splitlines()[0],
                tag=self._tag,
                query=query,
                body=body,
                takes=takes or {},
                answers=answers or {200: "Done."},
                gives=(gives if isinstance(gives, tuple) else (gives,)) or self._usual,
                headers=headers or {},
                is_upload=is_upload,
                tells_progress=tells_progress,
                is_page=self._is_page,
                form=form,
                work=work or _usual_work(permission, takes_file=is_upload or tells_progress),
            )
            self.blueprint.add_url_rule(rule, view.__name__, _with_arguments(view, known), methods=[method])
            return view

        return register


def operation_of(endpoint: str | None) -> Operation | None:
    """Return what is known of an endpoint; None where it was not registered by `Routes`."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "operation", None)


def begin_work(work: Work) -> None:
    """Let the time run that the request has for its kind of work; once more, it begins anew."""
    running: Registry = current_app.extensions["aas_registry"]
    g.registry = running.within(work)


def registry() -> Registry:
    """Return the registry that this application serves, as long as the request's time is not over."""
    running: Registry = g.get("registry") or current_app.extensions["aas_registry"]
    return running


def _usual_work(permission: Permission, *, takes_file: bool) -> Work:
    return Work.UPLOAD if takes_file or permission is Permission.WRITE_DOCUMENTS else Work.QUESTION


def _with_arguments(
    view: Callable[..., ResponseReturnValue], known: Operation
) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def served(**arguments: Any) -> ResponseReturnValue:
        if known.query is not None:
            arguments["query"] = _read_query(known.query)
        elif not known.is_page:
            _read_query(NoQuery)
        if known.body is not None:
            arguments["body"] = validated(known.body, json_body(), "body")
        return view(**arguments)

    served.operation = known  # type: ignore[attr-defined]
    return served


def _read_query(model: type[BaseModel]) -> BaseModel:
    lists = {
        info.alias or name
        for name, info in model.model_fields.items()
        if str(info.annotation).startswith(("list", "tuple"))
    }
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        if name in lists:
            given[name] = values
        elif len(values) > 1:
            raise invalid_request(f"The parameter {name!r} may be given once only.", path=name[:200])
        else:
            given[name] = values[0]
    return validated(model, given, IN_ADDRESS)


def json_body() -> Any:
    """Return the request's body as JSON, parsed strictly.

    Raises:
        UnsupportedTypeError: The body is not said to be JSON.
        RefusedError: It is not JSON, too deep, too large, or has a duplicate key or a number that
            cannot be kept as it stands.
    """
    if not request.is_json:
        raise UnsupportedTypeError("Send the body as application/json.")
    return loads_bounded(request.get_data(), limits=registry().limits, exact_numbers=True)


def validated(model: type[Model], given: Any, place: str, *, spelled: Callable[[str], str] = str) -> Model:
    """Return a request's query, form or body as a value of its model.

    Args:
        model: The documented form.
        given: The members by their names in the request, not checked yet.
        place: What they are members of, for people and for validators: "body", "form field".
        spelled: How a member is called where it is given, by its name here.

    Raises:
        InvalidRequestError: It is not of that form; a finding names each place.
    """
    try:
        return model.model_validate(given, context=place)
    except ValidationError as cause:
        found = [
            error(
                Code.REQUEST_INVALID,
                f"{expectation(problem['type'], _facts(model, problem), problem['msg'])} ({place})",
                path=spelled(".".join(str(part) for part in problem["loc"])[:200]) or None,
            )
            for problem in cause.errors(include_url=False, include_input=False)[:20]
        ]
        names = ", ".join(each.path or place for each in found)
        raise InvalidRequestError(f"Not of the documented form: {names}.", findings=found) from cause


def _facts(model: type[BaseModel], problem: ErrorDetails) -> dict[str, Any]:
    """Return the bounds of a value, and an example of it as the documentation shows it."""
    named = {info.alias or name: info for name, info in model.model_fields.items()}
    info = named.get(str(next(iter(problem["loc"]), "")))
    examples = [] if info is None else info.examples or []
    return {**problem.get("ctx", {}), **({"example": examples[0]} if examples else {})}


def invalid_request(message: str, *, path: str, code: Code = Code.REQUEST_INVALID) -> InvalidRequestError:
    """Return the refusal of a request because of one place in it: a parameter, header or part."""
    return InvalidRequestError(message, code=code, findings=[error(code, message, path=path)])
