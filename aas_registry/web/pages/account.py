"""The page of the own account: another password, and where one is logged in."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.principals import Permission
from aas_registry.services import access, sessions
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal, session_id
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_account", prefix="/account", tag="Pages", is_page=True)


class DoneQuery(PageQuery):
    """A list, and what was done just now."""

    done: str | None = Field(None, max_length=20, description="What was done just now.")


@routes.operation(
    "GET",
    "",
    permission=Permission.OWN_ACCOUNT,
    query=DoneQuery,
    answers={200: "Password and sessions.", 404: "A token asks, which has none."},
)
def get_account(query: DoneQuery) -> ResponseReturnValue:
    """Show the form for another password, and your sessions that are open."""
    return _page(query)


@routes.operation(
    "POST",
    "/password",
    permission=Permission.OWN_ACCOUNT,
    takes={"application/x-www-form-urlencoded": "old, new, again."},
    answers={
        303: "Changed; your other sessions have ended.",
        400: "Not changed; the page says why.",
        404: "A token asks, which has none.",
    },
)
def post_password() -> ResponseReturnValue:
    """Give yourself another password; your other sessions end."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if new != again:
        return _page(DoneQuery(), refused="AGAIN"), 400
    try:
        access.change_password(registry(), principal(), old=old, new=new, session=session_id())
    except InvalidRequestError as refused:
        return _page(DoneQuery(), refused=refused.code.value), 400
    return redirect("/account?done=password", 303)


@routes.operation(
    "POST",
    "/sessions/<session>/end",
    permission=Permission.OWN_ACCOUNT,
    takes={"application/x-www-form-urlencoded": "The form's token."},
    answers={303: "Ended.", 404: "None."},
)
def post_session_end(session: str) -> ResponseReturnValue:
    """End a session of yours."""
    sessions.end_session(registry(), principal(), session)
    return redirect("/account?done=sessions", 303)


@routes.operation(
    "POST",
    "/sessions/end",
    permission=Permission.OWN_ACCOUNT,
    takes={"application/x-www-form-urlencoded": "The form's token."},
    answers={
        303: "Ended.",
        404: "A token asks, which has none.",
    },
)
def post_sessions_end() -> ResponseReturnValue:
    """End every session of yours but this one."""
    sessions.end_sessions(registry(), principal(), but=session_id())
    return redirect("/account?done=sessions", 303)


def _page(query: DoneQuery, refused: str | None = None) -> str:
    asked = page_request(query, principal())
    rows = sessions.list_sessions(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: (row.session.id,), render=lambda row: row)
    return render_template("account.html", page=page, own=session_id(), done=query.done, refused=refused)
