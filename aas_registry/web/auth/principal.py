"""Who asks: a bearer token, a login's cookie, or anyone where authentication is off.

Runs before every view. Nothing is served that was not registered with a permission.
"""

import ipaddress
from time import monotonic
from urllib.parse import urlsplit

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from aas_registry.domain.identifiers import SessionId, Site
from aas_registry.domain.principals import Permission, Principal, Role
from aas_registry.services import access
from aas_registry.web.auth.login import live_session
from aas_registry.web.bounded_request import BoundedRequest
from aas_registry.web.gateway.admission import is_only_head
from aas_registry.web.routing import Operation, begin_work, operation_of, registry

_SAFE = {"GET", "HEAD", "OPTIONS"}
_CACHE_ROWS = 10_000
_PUBLIC_BYTES = 64 * 1024  # who is not known sends a login, and keeps nothing on our disk


class PrincipalCache:
    """Tokens that this worker checked within the last seconds (setting ``token_cache_s``)."""

    def __init__(self, life_s: float) -> None:
        """Trust an entry for ``life_s`` seconds."""
        self._life_s = life_s
        self._known: dict[str, tuple[float, Principal]] = {}

    def get(self, key: str) -> Principal | None:
        """Return a principal that was put within the life time."""
        entry = self._known.get(key)
        return entry[1] if entry is not None and monotonic() - entry[0] < self._life_s else None

    def put(self, key: str, found: Principal) -> None:
        """Remember a principal; a full cache starts anew."""
        if len(self._known) >= _CACHE_ROWS:
            self._known.clear()
        self._known[key] = (monotonic(), found)


def guard_requests(app: Flask, csrf: CSRFProtect) -> None:
    """Check every request before its view runs: known route, size, principal, permission, CSRF."""
    cache = PrincipalCache(app.extensions["aas_registry"].settings.token_cache_s)

    @app.before_request
    def guard() -> None:
        if request.routing_exception is not None or request.endpoint in {"static", "pages.static"}:
            return
        known = operation_of(request.endpoint)
        if known is None or "\0" in request.path:
            raise NotFoundError(Code.NOT_FOUND.meaning)
        begin_work(known.work)
        _bound_body(known)
        if request.method == "OPTIONS":  # a browser's preflight carries no token; Flask answers it
            return
        g.principal = _authenticate(cache)
        if known.permission is not Permission.PUBLIC:
            _require(g.principal, known.permission)
            if g.by_cookie and request.method not in _SAFE and not is_only_head():
                csrf.protect()


def principal() -> Principal:
    """Return who asks; views of permission ``public`` may not call this."""
    found: Principal = g.principal
    return found


def optional_principal() -> Principal | None:
    """Return who asks, or None for an anonymous request to a public view."""
    found: Principal | None = g.get("principal")
    return found


def session_id() -> SessionId | None:
    """Return the session that asks; None for a token."""
    live = g.get("live_session")
    return None if live is None else SessionId(live.session)


def _require(found: Principal | None, permission: Permission) -> None:
    if found is None:
        raise UnauthenticatedError(Code.TOKEN_MISSING.meaning)
    if not found.may(permission):
        raise ForbiddenError(f"The role {found.role} may not {permission}.")


def _bound_body(known: Operation) -> None:
    settings = registry().settings
    assert isinstance(request, BoundedRequest)
    most_bytes = settings.upload_bytes if known.is_upload else settings.body_bytes
    if known.permission is Permission.PUBLIC:
        most_bytes = min(most_bytes, _PUBLIC_BYTES)
    request.limit_body(most_bytes)
    request.open_file = registry().scratch
    request.unpack(limits=registry().limits)


def _authenticate(cache: PrincipalCache) -> Principal | None:
    g.by_cookie = False
    if registry().settings.auth == "none":
        return _anyone()
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        key = access.token_key(text.strip())
        known = cache.get(key)
        if known is None:
            known = access.authenticate_token(registry(), key)
            cache.put(key, known)
        return known
    g.live_session = live_session()
    if g.live_session is not None:
        g.by_cookie = True
        found: Principal = g.live_session.principal
        return found
    return None


def _anyone() -> Principal:
    # Host and Origin too: else any web page that runs in a browser here could ask for its author.
    origin = request.headers.get("Origin")
    asking = [request.remote_addr, urlsplit(f"//{request.host}").hostname]
    asking += [] if origin is None else [urlsplit(origin).hostname]
    if not all(map(_is_loopback, asking)):
        raise ForbiddenError("Authentication is off; only this machine may ask.")
    return Principal(
        name="anyone (authentication is off)",
        role=Role.ADMINISTRATOR,
        site=Site(registry().settings.site),
    )


def _is_loopback(address: str | None) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
