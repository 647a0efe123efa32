"""Slots that reports name: of these a set-up says nothing.

A report about a pass is one of the unit, in the run of the pass or in a run of the station, or the
report of the pass's transaction, which tells of all units that it covers.
"""

from sqlalchemy import CTE, ColumnElement, and_, func, literal, or_, select

from aas_registry.domain.events import Basis
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.storage.moments import happened, in_effect_at, in_time, recorded
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import feed, run, run_unit

ASSUMING = (Basis.SETUP.value, Basis.BACKFLUSH.value)
"""On what basis a use is no report."""


def is_reported(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    """Return whether a report about a pass names the slot.

    Args:
        site: Of the pass.
        use: With the columns ``carrier``, ``run``, ``seq``, ``station`` and ``slot_key``.
        moment: At which it is asked.
    """
    other = run_unit.alias()
    same = (other.c.site == site, other.c.run == use.c.run, other.c.seq == use.c.seq)
    # Each key is between line breaks.
    listed = literal("\n") + other.c.slots + literal("\n")
    named = literal("\n") + use.c.slot_key + literal("\n")
    tells = (other.c.slots.is_not(None), func.replace(listed, named, literal("")) != listed)
    of_transaction = is_found(
        select(other.c.unit).where(
            *same, *tells, recorded(other, moment), happened(other.c.passed_at, moment)
        )
    )
    return or_(of_transaction, _is_reported_of_unit(site, use, moment))


def _is_reported_of_unit(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    other, fed, ran = run_unit.alias(), feed.alias(), run.alias()
    covers = and_(
        fed.c.site == site,
        fed.c.run == other.c.run,
        fed.c.seq_from <= other.c.seq,
        fed.c.seq_to >= other.c.seq,
        recorded(fed, moment),
        in_time(fed, moment),
    )
    named = func.coalesce(fed.c.context_run, fed.c.run)
    at_station = (ran.c.site == site, ran.c.id == named, ran.c.station == use.c.station)
    # Said, as it is two queries further in: otherwise it would be the station of any use.
    used_at = func.coalesce(other.c.passed_at, fed.c.valid_from)
    then = in_effect_at(ran, used_at, moment)
    of_station = select(ran.c.id).where(*at_station, then).correlate(fed, other, use)
    there = or_(named == use.c.run, is_found(of_station))
    return is_found(
        select(fed.c.id)
        .select_from(in_order(other, fed, covers))
        .where(
            other.c.site == site,
            other.c.unit == use.c.carrier,
            recorded(other, moment),
            fed.c.slot_key == use.c.slot_key,
            fed.c.basis.not_in(ASSUMING),
            there,
            happened(used_at, moment),
        )
    )
