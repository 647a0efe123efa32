"""Login and logout of people.

Attempts are counted per address and user name, in each worker for itself: with ``n`` workers
an attacker has at most ``n`` times the setting ``login_attempts_per_minute``.
"""

from flask import current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_login import login_user
from flask_wtf.csrf import CSRFProtect

from aas_registry.domain.errors import UnauthenticatedError
from aas_registry.domain.principals import Permission, Principal
from aas_registry.services import access
from aas_registry.web.auth.login import SessionUser
from aas_registry.web.auth.principal import optional_principal
from aas_registry.web.pages.addresses import NextQuery, local_address
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_login", prefix="", tag="Pages", is_page=True)

_NAME_CHARS = 255


def _address_and_name() -> str:
    return f"{request.remote_addr} {_form('name')[:_NAME_CHARS].casefold()}"


def _attempts() -> str:
    return f"{registry().settings.login_attempts_per_minute} per minute"


limiter = Limiter(
    key_func=_address_and_name, strategy="moving-window", storage_uri="memory://", headers_enabled=True
)


@routes.operation("GET", "/login", permission=Permission.PUBLIC, query=NextQuery)
def get_login(query: NextQuery) -> ResponseReturnValue:
    """Show the form to log in."""
    if optional_principal() is not None:
        return redirect(local_address(query.next), 303)
    return render_template("login.html", next=query.next, name="", refused=None)


@routes.operation(
    "POST",
    "/login",
    permission=Permission.PUBLIC,
    query=NextQuery,
    takes={"application/x-www-form-urlencoded": "name, password, next and the form's token."},
    answers={303: "Logged in.", 401: "Name or password is wrong.", 429: "Too many attempts."},
)
def post_login(query: NextQuery) -> ResponseReturnValue:
    """Log in with name and password."""
    _csrf().protect()
    following = _form("next") or query.next
    try:
        found = _log_in(_form("name"), _form("password"))
    except UnauthenticatedError as refused:
        page = render_template("login.html", next=following, name=_form("name"), refused=refused)
        return page, 401
    session.clear()  # whatever was known of the anonymous visitor must not become the user's
    session.permanent = True
    login_user(SessionUser(found))
    return redirect(local_address(following), 303)


@routes.operation("POST", "/logout", permission=Permission.PUBLIC, answers={303: "Logged out."})
def post_logout() -> ResponseReturnValue:
    """Log out."""
    _csrf().protect()
    session.clear()
    return redirect("/login", 303)


@limiter.limit(_attempts)
def _log_in(name: str, password: str) -> Principal:
    return access.log_in(registry(), name, password)


def _form(name: str) -> str:
    return request.form.get(name, "")


def _csrf() -> CSRFProtect:
    return current_app.extensions["csrf"]
