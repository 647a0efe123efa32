"""What operators see of requests: an id, one structured log line, and counters."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from aas_registry.web.gateway.admission import was_admitted
from aas_registry.web.gateway.turns import was_put_back

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
_log = structlog.get_logger("aas_registry.request")

REQUESTS = Counter(
    "aas_registry_requests_total", "Requests answered.", labelnames=("method", "operation", "status")
)
DURATION = Histogram(
    "aas_registry_request_seconds", "Seconds from request to answer.", labelnames=("method", "operation")
)


def observe_requests(app: Flask) -> None:
    """Give every request an id (``X-Request-Id``, the caller's if it is well formed), log and count it."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.match(given) else uuid4().hex
        structlog.contextvars.clear_contextvars()  # a thread serves many requests
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        g.began_at = perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        if was_admitted() or was_put_back():
            return answer
        answer.headers["X-Request-Id"] = g.get("request_id", "")
        took_s = perf_counter() - g.get("began_at", perf_counter())
        name = request.endpoint or "unknown"
        # Methods that a caller made up must not fill the memory with labels.
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(method, name, str(answer.status_code)).inc()
        DURATION.labels(method, name).observe(took_s)
        who = g.get("principal")
        _log.info(
            "request",
            request_id=g.get("request_id", ""),
            method=request.method,
            path=request.path,
            status=answer.status_code,
            took_ms=round(took_s * 1000, 1),
            who=None if who is None else who.label,
        )
        return answer
