"""Pages for administrators: who may log in, and where each is logged in."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.errors import ConflictError, InvalidRequestError, NotFoundError, RegistryError
from aas_registry.domain.principals import Permission, Role
from aas_registry.services import access, sessions
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.errors import status_of
from aas_registry.web.pages.account import DoneQuery
from aas_registry.web.pages.uploads import party_choices
from aas_registry.web.routing import Routes, registry, validated
from aas_registry.web.trace.access import NewUser

routes = Routes("pages_users", prefix="/users", tag="Pages", is_page=True)


class UserFields(NewUser):
    """The fields of a user to add; that a password is too short is told by what adds the user."""

    password: str = Field(max_length=1024, description="10 characters or more.")


@routes.operation("GET", "", permission=Permission.ADMINISTER, query=PageQuery)
def get_users(query: PageQuery) -> ResponseReturnValue:
    """Show the users of the site, oldest first, and a form for another."""
    return _list(query)


@routes.operation(
    "POST",
    "",
    permission=Permission.ADMINISTER,
    takes={"application/x-www-form-urlencoded": "`name`, `password`, `role`, `party`, `days`."},
    answers={
        303: "Added.",
        400: "Not added; the page says why.",
        404: "No such party; the page says so.",
        409: "The name is taken; the page says so.",
    },
)
def post_user() -> ResponseReturnValue:
    """Add a user, who logs in with the password from now on."""
    given = {name: value for name, value in request.form.items() if value and name != "csrf_token"}
    try:
        added = validated(UserFields, given, "form field")
        access.add_user(
            registry(),
            principal(),
            name=added.name,
            password=added.password,
            role=added.role,
            party=added.party,
            days=added.days,
        )
    except (ConflictError, InvalidRequestError, NotFoundError) as refused:
        return _list(PageQuery(), refused=refused), status_of(refused)
    return _back(added.name, "added")


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


def _list(query: PageQuery, refused: RegistryError | None = None) -> str:
    asked = page_request(query, principal())
    rows = access.list_users(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: (row[0].id,), render=lambda row: row)
    choices = {"roles": list(Role), "parties": party_choices()}
    return render_template("users.html", page=page, refused=refused, typed=request.form, **choices)


def _back(name: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("pages_users.get_user", name=name, done=done), 303)


def _page(name: str, query: DoneQuery, refused: str | None = None) -> str:
    owner, party = access.get_user(registry(), principal(), name)
    asked = page_request(query, principal())
    rows = sessions.list_sessions(registry(), principal(), asked, of=name)
    page = page_of(rows, asked, principal(), key=lambda row: (row.session.id,), render=lambda row: row)
    told = {"done": query.done, "refused": refused, "is_own": principal().is_user(owner.id)}
    return render_template("user.html", owner=owner, party=party, page=page, **told)
