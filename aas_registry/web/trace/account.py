"""The own account of a user who is logged in: another password, and the sessions that are open."""

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.codes import Code
from aas_registry.domain.principals import Permission
from aas_registry.services import access, sessions
from aas_registry.services.sessions import SessionRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal, session_id
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.access import SessionJson
from aas_registry.web.schemas.answer import Page

routes = Routes("account", prefix="/trace/v1/account", tag="Own account")


class PasswordChange(RequestModel):
    """The old password, and the one that takes its place."""

    old_password: str = Field(alias="oldPassword", max_length=1024, description="The password so far.")
    new_password: str = Field(
        alias="newPassword", max_length=1024, description="10 characters or more, at most 1,024 bytes."
    )


@routes.operation(
    "POST",
    "/password",
    permission=Permission.OWN_ACCOUNT,
    body=PasswordChange,
    answers={
        204: "Changed; every other session of yours has ended.",
        404: f"{Code.ACCOUNT_NONE}: a token asks, which has no password.",
        429: f"{Code.RATE_LIMITED}: the old password was wrong too often.",
    },
)
def post_password(body: PasswordChange) -> ResponseReturnValue:
    """Give yourself another password; your other sessions end."""
    access.change_password(
        registry(), principal(), old=body.old_password, new=body.new_password, session=session_id()
    )
    return "", 204


@routes.operation(
    "GET",
    "/sessions",
    permission=Permission.OWN_ACCOUNT,
    query=PageQuery,
    gives=Page[SessionJson],
    answers={200: "The sessions.", 404: f"{Code.ACCOUNT_NONE}: a token asks, which has none."},
)
def get_sessions(query: PageQuery) -> ResponseReturnValue:
    """List your sessions that are open, oldest first."""
    asked = page_request(query, principal())
    rows = sessions.list_sessions(registry(), principal(), asked)
    return json_answer(
        page_of(rows, asked, principal(), key=lambda row: (row.session.id,), render=SessionRow.as_json)
    )


@routes.operation(
    "DELETE",
    "/sessions/<session>",
    permission=Permission.OWN_ACCOUNT,
    answers={
        204: "Ended: every copy of its cookie is worthless.",
        404: f"{Code.SESSION_UNKNOWN}: none of yours that is open. {Code.ACCOUNT_NONE}: a token asks.",
    },
)
def delete_session(session: str) -> ResponseReturnValue:
    """End a session of yours."""
    sessions.end_session(registry(), principal(), session)
    return "", 204
