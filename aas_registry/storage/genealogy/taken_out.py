"""What rework took out: of which units uses were taken out whole, when, and by which event.

What was taken out of a panel is taken out of the boards that were on it then; but not of one that passed by
itself what the panel passed, which holds that by its own pass.

Source:
    docs/semantics.md, sections 7.5 and 7.7.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, func, or_, select

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.storage.moments import begun, in_effect, recorded
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import feed, feed_void, run, run_unit
from aas_registry.storage.tables.passes import set_up


def taken_out(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    """Return whether rework took a use out whole: of the unit, or of the panel before that was cut."""
    return is_found(select(feed_void.c.id).where(_closes(site, use, moment)))


def taken_out_at(site: Site, use: CTE, moment: Moment) -> ColumnElement[Any]:
    """Return when rework took a use out whole; null where it did not."""
    return select(func.min(feed_void.c.valid_to)).where(_closes(site, use, moment)).scalar_subquery()


def taken_out_by(site: Site, use: CTE, moment: Moment) -> ColumnElement[Any]:
    """Return the event by which rework took a use out whole; null where it did not."""
    closing = select(feed_void.c.event).where(_closes(site, use, moment))
    return closing.order_by(feed_void.c.valid_to, feed_void.c.id).limit(1).scalar_subquery()


def _closes(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    return and_(
        feed_void.c.site == site,
        feed_void.c.feed == use.c.feed,
        or_(
            feed_void.c.unit == use.c.unit,
            and_(
                feed_void.c.unit == use.c.carrier,
                or_(use.c.cut_at.is_(None), feed_void.c.valid_to < use.c.cut_at),
                ~_has_own_pass(site, use, moment),
            ),
        ),
        has_closed(moment),
    )


def _has_own_pass(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    """Return whether a unit passed by itself, too, what its panel passed: a range, or a station's set-up."""
    fed, stood, own, ran = (
        feed.alias("fed_too"),
        set_up.alias("stood"),
        run_unit.alias("own"),
        run.alias("ran"),
    )
    itself = and_(own.c.site == site, own.c.unit == use.c.unit, recorded(own, moment))
    in_range = and_(own.c.run == fed.c.run, own.c.seq.between(fed.c.seq_from, fed.c.seq_to))
    of_range = select(own.c.unit).select_from(in_order(fed, own, and_(itself, in_range)))
    at = func.coalesce(own.c.passed_at, fed.c.valid_from)
    at_run = (ran.c.site == site, ran.c.id == own.c.run, ran.c.station == stood.c.station)
    there = or_(
        own.c.station == stood.c.station,
        is_found(select(ran.c.id).where(*at_run, in_effect(ran, moment)).correlate(own, stood)),
    )
    while_it_stood = and_(
        own.c.passed_at >= stood.c.valid_from,
        own.c.passed_at <= moment.as_of,
        or_(stood.c.valid_to.is_(None), own.c.passed_at < stood.c.valid_to),
    )
    of_set_up = select(own.c.unit).select_from(in_order(stood, own, and_(itself, while_it_stood, there)))
    return or_(
        is_found(of_range.where(fed.c.site == site, fed.c.id == use.c.feed, at <= moment.as_of)),
        is_found(of_set_up.where(stood.c.site == site, stood.c.id == use.c.feed)),
    )


def has_closed(moment: Moment) -> ColumnElement[bool]:
    """Return whether a removal took out all that was left of a use, by then."""
    return and_(feed_void.c.closes, begun(feed_void, moment, "valid_to"), is_found_then(moment))


def is_found_then(moment: Moment) -> ColumnElement[bool]:
    """Return whether a removal is known to have found a use, as of a time at which it had happened."""
    ends = feed_void.c.counts_until
    since = begun(feed_void, moment, "counts_from")
    return and_(recorded(feed_void, moment), since, or_(ends.is_(None), ends > moment.as_of))
