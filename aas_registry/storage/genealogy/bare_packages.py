"""Packages that were used while nobody had said all that they held: any of them may hold whatever lot.

Of a customer's units, used in is also what set-ups put in, and what was used on the panel that a board
was on, or was cut from later.
"""

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    distinct,
    func,
    null,
    or_,
    select,
    union,
)

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.fed_times import first_used_at
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.set_up_uses import is_passed, passed_while
from aas_registry.storage.genealogy.units import units_seen
from aas_registry.storage.genealogy.uses import feeding, held, was_on, within
from aas_registry.storage.moments import happened, recorded
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import containment, feed, filling, run_unit
from aas_registry.storage.tables.passes import bare_package, set_up


def packages_without_lot(connection: Connection, scope: Scope, moment: Moment, there: Present) -> int:
    """Return how many packages were used, in units of the scope, while nobody said all that they held."""
    found: int = _counted(scope, moment, there=there).ask(connection).scalar_one()
    return found


@prepared
def _counted(scope: Scope, moment: Moment, *, there: Present) -> Select[int]:
    site = scope.site
    bare = in_part_unknown(site, moment)
    if scope.customer is None:
        # One unit is enough of each: no more are looked for.
        of_package, covers, used = _feeding(site, bare, moment)
        fed = select(run_unit.c.unit).select_from(in_order(feed, run_unit, covers)).where(of_package, used)
        ways = [is_found(fed), *([_is_set_up(site, bare, moment)] if there.set_ups else [])]
        return select(func.count(distinct(bare.c.package))).where(or_(*ways))
    uses = _uses(site, bare, moment, there)
    seen = units_seen(scope, select(uses.c.unit, uses.c.package).distinct(), moment)
    return select(func.count(distinct(seen.c.package)))


def in_part_unknown(site: Site, moment: Moment) -> CTE:
    """Return the packages of which nobody said all lots, with when that was."""
    always = cast(null(), filling.c.valid_from.type)
    still = or_(bare_package.c.known_from.is_(None), bare_package.c.known_from > moment.as_of)
    of_none = select(bare_package.c.package, always.label("valid_from"), bare_package.c.valid_to).where(
        bare_package.c.site == site, recorded(bare_package, moment), still
    )
    spans = select(filling.c.package, filling.c.valid_from, filling.c.valid_to).where(
        filling.c.site == site, filling.c.source.is_(None), held(filling, moment)
    )
    return union(of_none, spans).cte("in_part_unknown")


def _feeding(site: Site, bare: CTE, moment: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return what feeds of the packages meet, what the passes that these cover, and what both together."""
    of_package, covers = feeding(site, bare, moment)
    used_at = func.coalesce(run_unit.c.passed_at, feed.c.valid_from)
    return of_package, covers, and_(happened(used_at, moment), within(bare, first_used_at(site, moment)))


def _is_set_up(site: Site, bare: CTE, moment: Moment) -> ColumnElement[bool]:
    there = and_(set_up.c.site == site, set_up.c.package == bare.c.package, recorded(set_up, moment))
    return is_found(select(set_up.c.id).where(there, is_passed(site, bare, moment)))


def _uses(site: Site, bare: CTE, moment: Moment, there: Present) -> CTE:
    """Return the units that the packages were used in, boards by what was used on their panel."""
    of_package, covers, used = _feeding(site, bare, moment)
    used_at = func.coalesce(run_unit.c.passed_at, feed.c.valid_from).label("used_at")
    ways = [
        select(run_unit.c.unit, bare.c.package, used_at)
        .select_from(in_order(in_order(bare, feed, of_package), run_unit, covers))
        .where(used)
    ]
    if there.set_ups:
        stood = passed_while(site, bare, moment)
        ways.append(
            select(stood.c.unit, stood.c.package, stood.c.used_at).where(within(stood, stood.c.used_at))
        )
    every = union(*ways).cte("bare_uses")
    if not there.panels:
        return every
    on_it = was_on(site, every, moment)
    boards = select(containment.c.child, every.c.package, every.c.used_at)
    return union(select(every), boards.select_from(in_order(every, containment, on_it))).cte("unit_bare_uses")
