"""Logins of people: the session that a cookie speaks of, and the cookie of the device.

The session's cookie carries a random id and the secret of its forms; what the id stands for is a
row (`services.sessions`), so ending that ends every copy of the cookie.
"""

from datetime import timedelta
from typing import Any

from flask import Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from aas_registry.services import login, sessions
from aas_registry.services.login import Attempt, Device, Opened
from aas_registry.services.sessions import LiveSession
from aas_registry.web.routing import registry

_SESSION = "login"
_DEVICE_COOKIE = "aas_registry_device"


class SessionCookies(SecureCookieSessionInterface):
    """Flask's cookies of sessions, which are secure also where the request was."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether a browser may send the cookie over https only."""
        return is_https(app)


def is_https(app: Flask) -> bool:
    """Return whether people reach this server over https: by this request, or by its address."""
    return request.is_secure or bool(app.config["SESSION_COOKIE_SECURE"])


def live_session() -> LiveSession | None:
    """Return the session of this request's cookie, found anew for each request."""
    text = session.get(_SESSION)
    return sessions.find_session(registry(), text) if isinstance(text, str) else None


def log_in(name: str, password: str) -> Opened:
    """Check a name and a password, and let this browser be the user's: under a new id, always.

    Raises:
        UnauthenticatedError: Name or password is wrong; and what else `services.login.log_in` raises.
    """
    attempt = Attempt(
        name=name,
        password=password,
        address=request.remote_addr or "",
        user_agent=request.headers.get("User-Agent", ""),
        device=_known_device(),
    )
    opened = login.log_in(registry(), attempt)
    session.clear()  # whatever was known of the anonymous visitor must not become the user's
    session.permanent = True
    session[_SESSION] = opened.text
    return opened


def log_out() -> None:
    """End the session of this browser, and forget its cookie."""
    live: LiveSession | None = g.get("live_session")
    if live is not None:
        sessions.log_out(registry(), live)
    session.clear()


def remember_device(app: Flask, answer: Response, device: Device) -> None:
    """Let this browser say later that users logged in on it, whatever strangers do meanwhile."""
    life = timedelta(days=registry().settings.login_memory_days)
    answer.set_cookie(
        _DEVICE_COOKIE,
        _devices().dumps([device.id, device.accounts]),
        max_age=life,
        httponly=True,
        samesite="Lax",
        secure=is_https(app),
    )


def _known_device() -> Device | None:
    life_s = registry().settings.login_memory_days * 24 * 3600
    try:
        told: Any = _devices().loads(request.cookies.get(_DEVICE_COOKIE, ""), max_age=life_s)
    except BadSignature:
        return None
    return Device(told[0], tuple(told[1]))


def _devices() -> URLSafeTimedSerializer:
    settings = registry().settings
    return URLSafeTimedSerializer(registry().cookie_secret, salt=f"device of {settings.site}")
