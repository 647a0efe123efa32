"""For operators: is the process alive, can it serve, what has it counted."""

from flask import Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

from aas_registry import __version__
from aas_registry.domain.principals import Permission
from aas_registry.services import health
from aas_registry.web.answers import json_answer
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.operations import METRICS, HealthJson, ReadyJson

routes = Routes("operations", prefix="", tag="Operations")


@routes.operation(
    "GET",
    "/health",
    permission=Permission.PUBLIC,
    answers={200: "The process is alive."},
    gives=HealthJson,
)
def get_health() -> ResponseReturnValue:
    """Answer that the process is alive."""
    return json_answer({"status": "ok", "version": __version__})


@routes.operation(
    "GET",
    "/ready",
    permission=Permission.PUBLIC,
    answers={200: "The database and the file store answer.", 503: "They do not."},
    gives=ReadyJson,
)
def get_ready() -> ResponseReturnValue:
    """Answer whether the database and the file store can be used, and how the clock stands.

    While the clock's state is ``jumped``, everything can be read and nothing is recorded.
    """
    clock = health.require_ready(registry())
    return json_answer({"status": "ready", "clock": clock.as_json()})


@routes.operation(
    "GET",
    "/metrics",
    permission=Permission.PUBLIC,
    answers={200: "Prometheus text format."},
    gives=METRICS,
)
def get_metrics() -> ResponseReturnValue:
    """Answer the counters in the Prometheus text format, of all workers where they share a folder."""
    counted, folder = REGISTRY, registry().settings.metrics_dir
    if folder:
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted, path=folder)  # type: ignore[no-untyped-call]
    return Response(generate_latest(counted), content_type=CONTENT_TYPE_LATEST)
