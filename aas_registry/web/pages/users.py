"""Pages for administrators: who may log in, and where each is logged in."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.principals import Permission
from aas_registry.services import access, sessions
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.pages.account import DoneQuery
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_users", prefix="/users", tag="Pages", is_page=True)


@routes.operation("GET", "", permission=Permission.ADMINISTER, query=PageQuery)
def get_users(query: PageQuery) -> ResponseReturnValue:
    """Show the users of the site, oldest first."""
    asked = page_request(query, principal())
    rows = access.list_users(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: (row[0].id,), render=lambda row: row)
    return render_template("users.html", page=page)


@routes.operation("GET", "/<name>", permission=Permission.ADMINISTER, query=DoneQuery)
def get_user(name: str, query: DoneQuery) -> ResponseReturnValue:
    """Show a user, with the sessions that are open."""
    return _page(name, query)


@routes.operation(
    "POST",
    "/<name>/password",
    permission=Permission.ADMINISTER,
    takes={"application/x-www-form-urlencoded": "new."},
    answers={303: "Set; every session of the user has ended.", 400: "Not set; the page says why."},
)
def post_user_password(name: str) -> ResponseReturnValue:
    """Give a user another password; every session of the user ends."""
    try:
        access.reset_password(registry(), principal(), name=name, password=request.form.get("new", ""))
    except InvalidRequestError as refused:
        return _page(name, DoneQuery(), refused=refused.code.value), 400
    return _back(name, "password")


@routes.operation(
    "POST",
    "/<name>/<any(disable, enable):change>",
    permission=Permission.ADMINISTER,
    takes={"application/x-www-form-urlencoded": "The form's token."},
    answers={303: "Done.", 404: "None, or it was so already.", 409: "It is you."},
)
def post_user_change(name: str, change: str) -> ResponseReturnValue:
    """Lock a user out, which ends every session, or let the user in again."""
    carry_out = access.disable_user if change == "disable" else access.enable_user
    carry_out(registry(), principal(), name)
    return _back(name, change)


@routes.operation(
    "POST",
    "/<name>/sessions/end",
    permission=Permission.ADMINISTER,
    takes={"application/x-www-form-urlencoded": "The form's token."},
    answers={303: "Ended.", 404: "None."},
)
def post_user_sessions_end(name: str) -> ResponseReturnValue:
    """End every session of a user."""
    sessions.end_sessions(registry(), principal(), of=name)
    return _back(name, "sessions")


@routes.operation(
    "POST",
    "/<name>/sessions/<session>/end",
    permission=Permission.ADMINISTER,
    takes={"application/x-www-form-urlencoded": "The form's token."},
    answers={303: "Ended.", 404: "None."},
)
def post_user_session_end(name: str, session: str) -> ResponseReturnValue:
    """End one session of a user."""
    sessions.end_session(registry(), principal(), session, of=name)
    return _back(name, "sessions")


def _back(name: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("pages_users.get_user", name=name, done=done), 303)


def _page(name: str, query: DoneQuery, refused: str | None = None) -> str:
    owner, party = access.get_user(registry(), principal(), name)
    asked = page_request(query, principal())
    rows = sessions.list_sessions(registry(), principal(), asked, of=name)
    page = page_of(rows, asked, principal(), key=lambda row: (row.session.id,), render=lambda row: row)
    told = {"done": query.done, "refused": refused, "is_own": principal().is_user(owner.id)}
    return render_template("user.html", owner=owner, party=party, page=page, **told)
