"""Refusing a request before its body is received: the application is asked with the head alone.

It runs what it runs before every view (who asks, may they, is the body too long), and stops
there. An early refusal is its answer; else the body is received, and the request runs whole.
"""

from dataclasses import dataclass

from flask import Flask, Response, request

_KEY = "aas_registry.admission"


@dataclass
class Admission:
    """What the application says to a head.

    Attributes:
        most_bytes: How much of the body it would read; None where it refused, or nobody asked it.
    """

    most_bytes: int | None = None

    def as_environ(self) -> dict[str, object]:
        """Return what to add to the environment of a request of which only the head is there."""
        return {_KEY: self}


def is_only_head() -> bool:
    """Say whether the body of this request is not there yet, so that nothing may depend on it."""
    return _KEY in request.environ


def was_admitted() -> bool:
    """Say whether this is the question by a head that was admitted: it is no request of its own."""
    asked = request.environ.get(_KEY)
    return asked is not None and asked.most_bytes is not None


def add_admission(app: Flask) -> None:
    """Stop before the view where only the head is there; to be added after every other check."""

    @app.before_request
    def stop_before_the_body() -> Response | None:
        if not is_only_head() or request.routing_exception is not None:
            return None
        request.environ[_KEY].most_bytes = request.max_content_length
        return Response(status=204)
