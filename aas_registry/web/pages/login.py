"""Login and logout of people; how often a login may fail, `services.login` says."""

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from aas_registry.domain.errors import UnauthenticatedError
from aas_registry.domain.principals import Permission
from aas_registry.services.demo_visit import read_visit, true_logins
from aas_registry.web.auth import login
from aas_registry.web.auth.principal import optional_principal
from aas_registry.web.pages.addresses import NextQuery, local_address
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_login", prefix="", tag="Pages", is_page=True)


@routes.operation(
    "GET",
    "/login",
    permission=Permission.PUBLIC,
    query=NextQuery,
    answers={200: "The form.", 303: "You are logged in."},
)
def get_login(query: NextQuery) -> ResponseReturnValue:
    """Show the form to log in."""
    if optional_principal() is not None:
        return redirect(local_address(query.next), 303)
    return _render_form(query.next)


@routes.operation(
    "POST",
    "/login",
    permission=Permission.PUBLIC,
    query=NextQuery,
    takes={"application/x-www-form-urlencoded": "name, password, next and the form's token."},
    answers={
        303: "Logged in.",
        401: "Name or password is wrong.",
        429: "Too many attempts failed; Retry-After says how many seconds to wait.",
        503: "Too many passwords are being checked at this moment.",
    },
)
def post_login(query: NextQuery) -> ResponseReturnValue:
    """Log in with name and password."""
    _csrf().protect()
    following = _form("next") or query.next
    try:
        opened = login.log_in(_form("name"), _form("password"))
    except UnauthenticatedError as refused:
        return _render_form(following, name=_form("name"), refused=refused), 401
    answer = redirect(local_address(following), 303)
    login.remember_device(current_app, answer, opened.device)
    return answer


@routes.operation("POST", "/logout", permission=Permission.PUBLIC, answers={303: "Logged out."})
def post_logout() -> ResponseReturnValue:
    """Log out: the session ends, in every browser that has its cookie."""
    _csrf().protect()
    login.log_out()
    return redirect("/login", 303)


def _render_form(following: str, *, name: str = "", refused: UnauthenticatedError | None = None) -> str:
    visit = read_visit(registry())
    logins = () if visit is None else true_logins(registry(), visit.logins)
    return render_template("login.html", next=following, name=name, refused=refused, logins=logins)


def _form(name: str) -> str:
    return request.form.get(name, "")


def _csrf() -> CSRFProtect:
    return current_app.extensions["csrf"]
