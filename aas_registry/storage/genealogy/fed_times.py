"""When a unit used what a feed says, and how sure that is by the time for which its package stood there."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select

from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.storage.moments import recorded
from aas_registry.storage.tables.genealogy import feed, run_unit


def was_not_there(
    begins: ColumnElement[Any], ends: ColumnElement[Any], at: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Return whether a unit passed outside of the time for which a feed says that its package stood there.

    Of one that says no such time ``ends`` is null. One whose event came after that says the end alone.
    """
    return or_(at > ends, and_(begins <= ends, at < begins))


def first_used_at(
    site: Site, moment: Moment, *, passed: FromClause = run_unit, fed: FromClause = feed
) -> ColumnElement[Any]:
    """Return when a unit that a feed covers passed first at that number, else when the feed began."""
    # It is looked up only where a span is bounded.
    first = first_passed_at(site, moment, run=passed.c.run, seq=passed.c.seq, unit=passed.c.unit)
    return func.coalesce(first, fed.c.valid_from)


def first_passed_at(
    site: Site, moment: Moment, *, run: ColumnElement[int], seq: ColumnElement[int], unit: ColumnElement[int]
) -> ColumnElement[Any]:
    """Return when a unit passed first at a number of a run: a pass may be on record twice."""
    same = run_unit.alias()
    told = (same.c.site == site, same.c.run == run, same.c.seq == seq, same.c.unit == unit)
    passes = and_(*told, recorded(same, moment))
    return select(func.min(same.c.passed_at)).where(passes).correlate_except(same).scalar_subquery()


def fed_certainty(site: Site, moment: Moment) -> ColumnElement[Any]:
    """Return how sure a use by a feed is, beside a pass that it covers, whatever its package held."""
    is_sure = feed.c.certainty == int(Certainty.EXACT)
    at = first_used_at(site, moment)
    # The first pass is looked up only where such a time was said.
    is_apart = and_(
        feed.c.valid_to.is_not(None), is_sure, was_not_there(feed.c.valid_from, feed.c.valid_to, at)
    )
    return case((is_apart, int(Certainty.POSSIBLE)), else_=feed.c.certainty)
