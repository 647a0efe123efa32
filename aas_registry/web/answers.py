"""The shapes that many answers share: pages of rows, and how a page is asked for."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
from flask import Response, request
from pydantic import Field

from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.web.routing import RequestModel, invalid_request, registry

Row = TypeVar("Row")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}")
DEFAULT_ROWS = 100


class PageQuery(RequestModel):
    """The parameters of every paged list."""

    limit: int | None = Field(None, ge=1, description="Rows; 100 unless told, at most the setting page_rows.")
    cursor: str | None = Field(None, max_length=2000, description="The cursor that the page before gave.")


def page_request(query: PageQuery, principal: Principal) -> PageRequest:
    """Return the page that is asked for.

    Raises:
        InvalidRequestError: The limit is over the setting, or the cursor was not given by
            this list, with these filters, to this principal.
    """
    limit = DEFAULT_ROWS if query.limit is None else query.limit
    most = registry().settings.page_rows
    if limit > most:
        raise invalid_request(f"limit may be at most {most}.", path="limit")
    if query.cursor is None:
        return PageRequest(limit)
    return PageRequest(limit, registry().cursors.open(query.cursor, context=_context(principal)))


def page_of(
    rows: Sequence[Row],
    asked: PageRequest,
    principal: Principal,
    *,
    key: Callable[[Row], tuple[Any, ...]],
    render: Callable[[Row], Any],
) -> dict[str, Any]:
    """Return ``{"paging_metadata": …, "result": […]}`` of rows, of which one may be too many.

    Args:
        rows: Up to one row more than was asked for; the extra one tells of a next page.
        asked: The page that was asked for.
        principal: Who asks; the cursor works for nobody in another scope.
        key: Returns a row's place in the order of the list.
        render: Returns a row as JSON; for a page, as its template needs it.
    """
    shown = rows[: asked.limit]
    paging: dict[str, Any] = {}
    if len(rows) > asked.limit:
        paging["cursor"] = registry().cursors.seal(key(shown[-1]), context=_context(principal))
    return {"paging_metadata": paging, "result": [render(row) for row in shown]}


def page_of_list(items: Sequence[Any], asked: PageRequest, principal: Principal) -> dict[str, Any]:
    """Return a page of a list that lies in memory whole; its places are the keys."""
    start = 0 if asked.after is None else asked.after[0]
    rows = list(enumerate(items[start : start + asked.limit + 1], start=start + 1))
    return page_of(rows, asked, principal, key=lambda row: (row[0],), render=lambda row: row[1])


def json_answer(value: Any, status: int = 200, **headers: str) -> Response:
    """Return a JSON answer; ``headers`` use underscores for hyphens."""
    answer = Response(orjson.dumps(value), status=status, mimetype="application/json")
    for name, text in headers.items():
        answer.headers[name.replace("_", "-")] = text
    return answer


def media_type_of(text: str | None) -> str:
    """Return a media type that somebody sent, without parameters, or else that of plain bytes.

    Source:
        RFC 6838, section 4.2, for the characters.
    """
    bare = (text or "").partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else "application/octet-stream"


def _context(principal: Principal) -> str:
    scope = principal.scope
    filters = sorted(
        (name, value) for name, value in request.args.items(multi=True) if name not in {"cursor", "limit"}
    )
    told = orjson.dumps([request.path, filters, scope.site, scope.party, scope.customer])
    return hashlib.sha256(told).hexdigest()
