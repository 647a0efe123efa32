"""What every page shares: the frame around it, and how numbers, times and sizes are written."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from babel.dates import format_timedelta
from flask import Flask, g, request
from flask_babel import format_decimal
from jinja2 import pass_context
from markupsafe import Markup

from aas_registry import __version__
from aas_registry.domain.clock import ClockState
from aas_registry.domain.principals import Permission, Principal
from aas_registry.services.clock import look_at_clock
from aas_registry.services.demo_visit import read_visit
from aas_registry.web.auth.principal import optional_principal
from aas_registry.web.pages import (
    account,
    anomalies,
    assets,
    certificates,
    clock,
    demo,
    events,
    genealogy,
    login,
    lots,
    merges,
    reports,
    search,
    served_ids,
    shipments,
    units,
    uploads,
    users,
    words,
)
from aas_registry.web.pages import language as languages
from aas_registry.web.pages.addresses import address_with, start_page
from aas_registry.web.pages.direction import as_sent, without_turns
from aas_registry.web.routing import registry

PAGES = (
    assets.routes,
    demo.routes,
    languages.routes,
    login.routes,
    search.routes,
    lots.routes,
    genealogy.routes,
    units.routes,
    shipments.routes,
    certificates.routes,
    clock.routes,
    events.routes,
    anomalies.routes,
    uploads.routes,
    reports.routes,
    account.routes,
    users.routes,
    served_ids.routes,
    merges.routes,
)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024
_Unit = Literal["day", "hour", "minute", "second"]
_TIMES: dict[_Unit, timedelta] = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}
_MOST_DIGITS = 1000


def add_pages(app: Flask) -> None:
    """Give the application what its pages need: language, frame, filters."""
    languages.add_language(app)
    assets.add_asset_addresses(app)
    app.context_processor(_frame)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.finalize = without_turns
    app.jinja_env.filters.update(
        as_sent=as_sent,
        number=_as_read(format_decimal),
        duration=_as_read(duration),
        moment=moment,
        field_time=field_time,
        size=size,
        label=_as_read(words.label),
        called=_as_read(words.called),
        in_words=_as_read(words.in_words),
        icon_name=words.icon_name,
        decided=words.decided,
    )


def _as_read(shown: Callable[..., object]) -> Callable[..., object]:
    """Return a filter that is asked at each reading: of a constant, Jinja keeps what the first reader got."""

    @pass_context
    def ask(_context: object, *values: object) -> object:
        return shown(*values)

    return ask


def moment(value: datetime | str | None) -> str | Markup:
    """Return a time as people read it, in UTC and to the minute; a hyphen for none.

    The order year, month, day is the same in every language, so that nobody mistakes it.
    """
    if value is None:
        return "-"
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    try:
        utc = when.astimezone(UTC)
    except OverflowError:  # UTC has no such time: the first or last hours of the calendar, elsewhere
        zone = f"UTC{when.isoformat()[-len('+01:00') :]}"
    else:
        when, zone = utc, "UTC"
    shown = when.isoformat(" ", "minutes")[: len("2026-03-01 10:00")]
    return Markup('<time datetime="{}">{}&nbsp;{}</time>').format(when.isoformat(), shown, zone)


def field_time(value: datetime | None) -> str:
    """Return a time as a ``datetime-local`` field takes it, in UTC; empty for none."""
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    value = float(count)
    unit = 0
    while value >= _MOST_DIGITS and unit < len(_UNITS) - 1:
        value /= _STEP
        unit += 1
    return f"{format_decimal(round(value, 1))} {_UNITS[unit]}"


def duration(value: timedelta) -> str:
    """Return about how long, in the largest unit that it fills twice: days at most."""
    unit: _Unit = next((name for name, unit in _TIMES.items() if abs(value) >= 2 * unit), "second")
    # Over no threshold, Babel takes just that unit.
    return format_timedelta(abs(value), unit, threshold=math.inf, locale=languages.language())


def _has_jumped(who: Principal | None) -> bool:
    """Return whether to tell so; only those are told, and cost the look, who can do something about it."""
    return (
        who is not None
        and who.may(Permission.ADMINISTER)
        and look_at_clock(registry(), who.site).state is ClockState.JUMPED
    )


def _frame() -> dict[str, Any]:
    who = optional_principal()
    return {
        "who": who,
        "by_cookie": g.get("by_cookie", False),
        "may": lambda name: who is not None and who.may(Permission(name)),
        "settings": registry().settings,
        "visit": read_visit(registry()),
        "clock_has_jumped": _has_jumped(who),
        "version": __version__,
        "languages": languages.LANGUAGES,
        "language": languages.language(),
        "has_asset": assets.has_asset,
        "address_with": address_with,
        "start": start_page(who),
        "here": request.full_path.rstrip("?"),
    }
