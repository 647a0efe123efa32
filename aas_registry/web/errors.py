"""Every error as an answer: the one place that knows status codes.

Under ``/api/v3`` the shape is the standard's (IDTA-01002, ``Result``) and nothing else;
our own API answers the same and adds ``findings``; pages get a page.
"""

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import (
    ConfigurationError,
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    LockedError,
    NotFoundError,
    ProtocolVersionError,
    RateLimitedError,
    RegistryError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedTypeError,
)
from aas_registry.web.routing import operation_of

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[RegistryError], int], ...] = (
    (InvalidRequestError, 400),
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (ProtocolVersionError, 412),
    (TooLargeError, 413),
    (UnsupportedTypeError, 415),
    (LockedError, 423),
    (RateLimitedError, 429),
    (UnavailableError, 503),
    (ConfigurationError, 503),
)
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
    app.register_error_handler(Exception, _answer_unforeseen)


def status_of(error: RegistryError) -> int:
    """Return the status code of an error; 500 for a kind that has none."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def answer_error(error: BaseException) -> ResponseReturnValue:
    """Return the answer to an error that was raised where nobody could answer it, such as a thread."""
    if isinstance(error, RegistryError):
        return _answer_registry_error(error)
    assert isinstance(error, Exception)
    return _answer_unforeseen(error)


def _answer_registry_error(error: RegistryError) -> ResponseReturnValue:
    if isinstance(error, UnauthenticatedError) and _is_for_people():
        here = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("pages_login.get_login", next=here or None), 303)
    findings = [found.as_json() for found in error.findings]
    return _answer(status_of(error), error.code, str(error), findings)


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:  # a redirect of the router is no error
        return error.get_response()
    code = _code_of(error)
    answer = _answer(error.code, code, code.meaning, [])
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _code_of(error: HTTPException) -> Code:
    if isinstance(error, CSRFError):
        return Code.CSRF_FAILED
    is_ours = (error.code or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
    return _HTTP_CODES.get(error.code or 0, Code.INTERNAL if is_ours else Code.REQUEST_INVALID)


def _answer_unforeseen(error: Exception) -> ResponseReturnValue:
    _log.exception("unforeseen error", exc_info=error)
    return _answer(500, Code.INTERNAL, Code.INTERNAL.meaning, [])


def _answer(status: int, code: Code, text: str, findings: list[dict[str, Any]]) -> Response:
    if _is_for_people():
        page = render_template("error.html", status=status, code=code, text=text, findings=findings)
        return Response(page, status=status, mimetype="text/html")
    message = {
        "code": code.value,
        "correlationId": g.get("request_id", ""),
        "messageType": "Error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Exception",
        "text": text,
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    body: dict[str, Any] = {"messages": [message]}
    if not request.path.startswith("/api/v3"):
        body["findings"] = findings
    answer = jsonify(body)
    answer.status_code = status
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _is_for_people() -> bool:
    """Return whether the answer is a page: of a page's route, or where a browser is lost."""
    known = operation_of(request.endpoint)
    if known is not None:
        return known.is_page
    if request.path.startswith(("/api/", "/trace/")):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
