"""Every error as an answer: the one place that knows status codes.

Under ``/api/v3`` the shape is the standard's (IDTA-01002, ``Result``) and nothing else;
our own API answers the same and adds ``findings``; pages get a page.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Work
from aas_registry.domain.disk import is_full
from aas_registry.domain.errors import (
    BusyError,
    ConfigurationError,
    ConflictError,
    DamagedError,
    ForbiddenError,
    InvalidRequestError,
    LockedError,
    NotFoundError,
    ProtocolVersionError,
    RateLimitedError,
    RegistryError,
    StorageFullError,
    TimeLimitError,
    TooLargeError,
    TooSlowError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedCodingError,
    UnsupportedTypeError,
)
from aas_registry.domain.findings import Finding
from aas_registry.domain.findings import error as finding
from aas_registry.web.gateway.turns import put_back
from aas_registry.web.routing import begin_work, operation_of, registry

_log = logging.getLogger(__name__)
_BODY, _QUERY = "body", "query"

_STATUS: tuple[tuple[type[RegistryError], int], ...] = (
    (InvalidRequestError, 400),
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (TooSlowError, 408),
    (ConflictError, 409),
    (ProtocolVersionError, 412),
    (TooLargeError, 413),
    (UnsupportedTypeError, 415),
    (LockedError, 423),
    (RateLimitedError, 429),
    (StorageFullError, 507),
    (DamagedError, 503),
    (UnavailableError, 503),
    (ConfigurationError, 503),
)
# The part of a request that an error is about, where the error names no place itself.
_PLACES: tuple[tuple[type[RegistryError], str], ...] = (
    (ProtocolVersionError, "Tus-Resumable"),
    (UnsupportedCodingError, "Content-Encoding"),
    (UnsupportedTypeError, "Content-Type"),
    (TooLargeError, _BODY),
    (TooSlowError, _BODY),
)
_OF_A_FORM = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}
_HTTP_CODES = {
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.BODY_TOO_LARGE,
    415: Code.MEDIA_TYPE_UNSUPPORTED,
    429: Code.RATE_LIMITED,
}


def add_error_handlers(app: Flask) -> None:
    """Render every error, foreseen or not, in the one shape."""
    app.register_error_handler(RegistryError, _answer_registry_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(OSError, _answer_os_error)
    app.register_error_handler(Exception, _answer_unforeseen)


def status_of(error: RegistryError) -> int:
    """Return the status code of an error; 500 for a kind that has none."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def answer_error(error: BaseException) -> ResponseReturnValue:
    """Return the answer to an error that was raised where nobody could answer it, such as a thread."""
    if isinstance(error, RegistryError):
        return _answer_registry_error(error)
    if isinstance(error, OSError):
        return _answer_os_error(error)
    assert isinstance(error, Exception)
    return _answer_unforeseen(error)


def _answer_registry_error(error: RegistryError) -> ResponseReturnValue:
    if isinstance(error, UnauthenticatedError) and _is_for_people():
        here = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("pages_login.get_login", next=here or None), 303)
    if isinstance(error, BusyError) and put_back(error.places, error.claimant):
        return Response(status=503)
    if isinstance(error, TimeLimitError):
        begin_work(Work.QUESTION)  # the page that says so asks who reads it
    if isinstance(error, StorageFullError | DamagedError):
        _log.error("%s: %s", error.code.value, error, exc_info=error)
        registry().troubles.note(error)
    answer = _answer(status_of(error), error.code, str(error), _located(error))
    if isinstance(error, RateLimitedError):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, BusyError):
        answer.headers["Retry-After"] = "1"
    return answer


def _answer_os_error(error: OSError) -> ResponseReturnValue:
    """Answer a disk that is full wherever it strikes: a form is written to the disk while it is read."""
    if not is_full(error):
        return _answer_unforeseen(error)
    full = StorageFullError()
    full.__cause__ = error
    return _answer_registry_error(full)


def _located(error: RegistryError) -> list[Finding]:
    """Return the findings of an error, each with a place if the request is to blame."""
    place = next((place for kind, place in _PLACES if isinstance(error, kind)), None)
    if place is None and isinstance(error, NotFoundError | ConflictError):
        place = _named_in_address()
    if place is None and isinstance(error, InvalidRequestError):
        place = _QUERY if request.method in {"GET", "HEAD"} else _BODY
    if place is None:
        return list(error.findings)
    found = error.findings or (finding(error.code, str(error)),)
    return [each if each.place else replace(each, path=place) for each in found]


def _named_in_address() -> str | None:
    """Return which thing the address of a route of our own names, the innermost; else where it is named."""
    if not request.path.startswith("/trace/") or request.endpoint is None:
        return None
    of_all = _QUERY if request.method in {"GET", "HEAD"} else _BODY
    return next(reversed(request.view_args or {}), of_all)


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:  # a redirect of the router is no error
        return error.get_response()
    if isinstance(error, CSRFError):
        code = Code.CSRF_FAILED
    else:
        is_ours = error.code >= HTTPStatus.INTERNAL_SERVER_ERROR
        code = _HTTP_CODES.get(error.code, Code.INTERNAL if is_ours else Code.REQUEST_INVALID)
    findings = [finding(code, code.meaning, path=_BODY)] if code is Code.BODY_TOO_LARGE else []
    answer = _answer(error.code, code, code.meaning, findings)
    for name, value in error.get_headers():
        if name in {"Allow", "Content-Range", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _answer_unforeseen(error: Exception) -> ResponseReturnValue:
    _log.exception("unforeseen error", exc_info=error)
    return _answer(500, Code.INTERNAL, Code.INTERNAL.meaning, [])


def _answer(status: int, code: Code, text: str, findings: Sequence[Finding]) -> Response:
    told = [found.as_json() for found in findings]
    if _is_for_people():
        known = operation_of(request.endpoint)
        if known is not None and known.form is not None and status in _OF_A_FORM:
            return Response(known.form(text, findings), status=status, mimetype="text/html")
        page = render_template("error.html", status=status, code=code, text=text, findings=told)
        return Response(page, status=status, mimetype="text/html")
    if request.path.startswith("/api/v3"):
        answer = jsonify({"messages": _messages(status, code, text, findings)})
    else:
        answer = jsonify({"messages": [_message(status, code, text)], "findings": told})
    answer.status_code = status
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _messages(status: int, code: Code, text: str, findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Return the messages of a standard's answer, which has no member for places: the text names them."""
    texts = [(code, text), *((found.code, found.message) for found in findings[1:])]
    places = [found.place for found in findings] or [""]
    return [
        _message(status, code, f"{text} ({place})" if place else text)
        for (code, text), place in zip(texts, places, strict=True)
    ]


def _message(status: int, code: Code, text: str) -> dict[str, str]:
    return {
        "code": code.value,
        "correlationId": g.get("request_id", ""),
        "messageType": "Error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Exception",
        "text": text,
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def _is_for_people() -> bool:
    """Return whether the answer is a page: of a page's route, or where a browser is lost."""
    known = operation_of(request.endpoint)
    if known is not None:
        return known.is_page
    if request.path.startswith(("/api/", "/trace/")):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
