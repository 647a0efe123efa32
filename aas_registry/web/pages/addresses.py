"""Addresses: of the view that is open with something changed, and those that a browser sends back."""

import re
from urllib.parse import urlencode

from flask import request
from pydantic import Field

from aas_registry.domain.principals import Permission, Principal
from aas_registry.web.routing import RequestModel

HOME = "/"
_START_PAGES = (("/search", Permission.SEARCH), ("/events", Permission.READ_EVENTS))
# Browsers read a backslash as a slash and drop control characters: "/\host" leads elsewhere.
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


class NextQuery(RequestModel):
    """Where to go afterwards."""

    next: str = Field("", max_length=4000, description="An address on this server.")


def start_page(who: Principal | None) -> str:
    """Return the page on which a visitor begins: the first that the role may see."""
    return next((path for path, needed in _START_PAGES if who is None or who.may(needed)), "/login")


def local_address(text: str) -> str:
    """Return an address that stays on this server: the one given, or the start page's."""
    return text if _LOCAL.fullmatch(text) else HOME


def address_with(*, at: str | None = None, **changes: str | None) -> str:
    """Return the address of this view, or of another page, with other parameters; None takes one out.

    A field that was sent empty stays so: a cursor belongs to the question as it was asked.
    """
    given: dict[str, str | list[str] | None] = {**request.args.to_dict(flat=False), **changes}
    query = urlencode({name: value for name, value in given.items() if value is not None}, doseq=True)
    path = at or request.path
    return f"{path}?{query}" if query else path
