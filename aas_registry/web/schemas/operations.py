"""What operators are answered."""

from typing import Any, Literal

from aas_registry.domain.package import AASX_MEDIA_TYPE
from aas_registry.web.schemas.answer import AnswerModel, FileAnswer, shown
from aas_registry.web.schemas.clock import ClockJson


class HealthJson(AnswerModel):
    """The process is alive."""

    status: Literal["ok"] = shown("Always `ok`.")
    version: str = shown("Version of the registry.", "1.0.0")


class ReadyJson(AnswerModel):
    """The database and the file store answer."""

    status: Literal["ready"] = shown("Always `ready`; else the answer is an error.")
    clock: ClockJson = shown("How the clock stands.")


class DemoProgressJson(AnswerModel):
    """How far the demo's plant is filled."""

    percent: int = shown("How much of it is there, from 0 to 100.", 40)


class OpenApiJson(AnswerModel):
    """The description of every route, by the OpenAPI Specification."""

    openapi: Literal["3.1.0"] = shown("Version of the specification.")
    info: dict[str, Any] = shown("Title and version.", {"title": "AAS traceability registry"})
    servers: list[dict[str, Any]] = shown("Where it is served.", [{"url": "/"}])
    tags: list[dict[str, Any]] = shown("The groups of operations.", [{"name": "Lots"}])
    paths: dict[str, Any] = shown("The operations by address and method.", {"/health": {}})
    components: dict[str, Any] = shown("What the operations refer to.", {"schemas": {}})


METRICS = FileAnswer(
    "text/plain",
    "Counters in the text format of Prometheus.",
    "# HELP aas_registry_requests_total Requests.\n# TYPE aas_registry_requests_total counter\n",
)
AASX_EXAMPLE = FileAnswer(AASX_MEDIA_TYPE, "A package to try, AASX.")
