"""`create_app`: the Flask application over a running registry."""

from datetime import timedelta
from http import HTTPStatus

from flask import Flask, Response
from flask_cors import CORS
from flask_wtf.csrf import CSRFProtect

from aas_registry.services.registry import Registry
from aas_registry.web import blueprints
from aas_registry.web.auth.login import SessionCookies
from aas_registry.web.auth.principal import guard_requests
from aas_registry.web.auth.proxies import trust_proxies
from aas_registry.web.bounded_request import BoundedRequest
from aas_registry.web.errors import add_error_handlers
from aas_registry.web.gateway.admission import add_admission
from aas_registry.web.observation import observe_requests
from aas_registry.web.pages.layout import add_pages
from aas_registry.web.trace import exports, resumable_uploads

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# What scripts of other sites may read, besides what the Fetch standard lets them.
_EXPOSED = (
    "Accept-Ranges", "Content-Disposition", "Content-Range", "ETag",
    "Location", "Retry-After", "X-Request-Id",
)  # fmt: skip


def create_app(registry: Registry) -> Flask:
    """Return the WSGI application.

    Args:
        registry: The running parts; the application never opens or closes them.
    """
    app = Flask(__name__, static_folder=None, template_folder="pages/templates")
    app.request_class = BoundedRequest
    app.session_interface = SessionCookies()
    settings = registry.settings
    app.config.update(
        SECRET_KEY=registry.cookie_secret,
        SESSION_COOKIE_NAME="aas_registry",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        MAX_CONTENT_LENGTH=settings.body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.body_bytes,
        MAX_FORM_PARTS=settings.form_parts,
    )
    app.extensions["aas_registry"] = registry
    trust_proxies(app, settings.proxies)
    CORS(
        app,
        resources={r"/(api|trace)/.*": {"origins": "*"}},
        send_wildcard=True,
        expose_headers=[*_EXPOSED, *exports.HEADERS, *resumable_uploads.HEADERS],
    )
    add_error_handlers(app)
    observe_requests(app)
    guard_requests(app, CSRFProtect(app))
    add_pages(app)
    blueprints.register_all(app)
    add_admission(app)
    app.after_request(_add_headers)
    return app


def _add_headers(answer: Response) -> Response:
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if answer.status_code != HTTPStatus.NOT_MODIFIED and "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer
