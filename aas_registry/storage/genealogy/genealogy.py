"""Where-used: from material to every unit that holds it, set-wise.

One statement walks lot → packages → feeds → units (`storage.genealogy.uses`) → what they are part
of. The certainty of a path is its largest, that of a unit the smallest over its paths.

Each table is filtered by the constant site, and looked up for each row of the step before
(`in_order`, `is_found`): a planner without statistics takes the site for selective, and would
read the whole plant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Row,
    Select,
    select,
    union,
)

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import GroupBy, Level, Moment
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.anomalies import count_touching
from aas_registry.storage.genealogy.bare_packages import packages_without_lot
from aas_registry.storage.genealogy.beside import Beside
from aas_registry.storage.genealogy.coverage import Coverage, Covering, coverage
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.reach import (
    IN_ALL,
    Form,
    Reach,
    all_beside,
    all_groups,
    all_totals,
    one_page,
    page_and_totals,
)
from aas_registry.storage.genealogy.sought import MaterialHeld
from aas_registry.storage.genealogy.unknown import Unknown, lines_of_material, unknown
from aas_registry.storage.rows import given, given_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A unit that holds the material; at level shipment, and where it went.

    Attributes:
        unit: The unit at the level that was asked for; at level customer the receiver, 0 where not known.
        root: The outermost that it is part of, or itself, as far as the scope sees it.
        certainty: The best over all paths.
        shipment: At level shipment: with what it left.
    """

    unit: int
    root: int
    certainty: Certainty
    shipment: int | None = None
    order: str | None = None
    shipment_customer: int | None = None
    shipped_at: datetime | None = None

    @property
    def numbers(self) -> tuple[int, int]:
        """Return the units that the row names."""
        return self.unit, self.root


@dataclass(frozen=True, slots=True)
class Count:
    """How many units of a group hold the material with one certainty."""

    group: Any
    certainty: Certainty
    units: int


class WhereUsed:
    """The question: which units hold material of a set of things, seen at a moment."""

    def __init__(
        self,
        scope: Scope,
        held: MaterialHeld,
        moment: Moment,
        level: Level,
        *,
        ever: bool = False,
        there: Present | None = None,
    ) -> None:
        """Ask for a scope.

        Args:
            scope: As whom.
            held: What `sought.where_held` answers.
            moment: The two times.
            level: What is answered.
            ever: Whether what once held the material counts, and what that once was part of or left with.
            there: What the site has at all; None: that is not asked.
        """
        self.scope = scope
        self.moment = moment
        self.level = level
        self.ever = ever
        self._held = held
        self._there = there or Present()
        self._form = Form(level=level, ever=ever, there=self._there, dialect=held.dialect)
        self._about = (scope, held.lot, moment)
        self._beside = Beside(scope, moment)

    def units(self) -> Select[tuple[int]]:
        """Return a query of the units, each once."""
        return Reach(self.scope, self._held.packages, self.moment, self._form).units()

    def rows(self, connection: Connection, page: PageRequest) -> list[Used]:
        """Return units in the order of their ids; one more than asked tells of a next page."""
        asked = one_page(*self._about, form=self._form, is_first=page.after is None)
        return [_used(row) for row in asked.ask(connection, **self._held.values, **self._after(page))]

    def rows_and_totals(self, connection: Connection, page: PageRequest) -> tuple[list[Used], list[Count]]:
        """Return what `rows` and `totals` do; the units are searched for once, also for `coverage`."""
        suspected, suspects = self._beside.look(connection)
        is_first = page.after is None
        asked = page_and_totals(*self._about, form=self._form, suspected=suspected, is_first=is_first)
        found = asked.ask(connection, **self._held.values, **suspects, **self._after(page)).all()
        self._beside.note((row.root, row.unit) for row in found)
        return (
            [_used(row) for row in found if row.root >= 0],
            [Count(0, Certainty(row.certainty), row.unit) for row in found if row.root == IN_ALL],
        )

    def totals(self, connection: Connection) -> list[Count]:
        """Return how many units are reached, by certainty."""
        suspected, suspects = self._beside.look(connection)
        asked = all_totals(*self._about, form=self._form, suspected=suspected)
        return self._counted(asked.ask(connection, **self._held.values, **suspects).all())

    def groups(self, connection: Connection, by: GroupBy) -> list[Count]:
        """Return how many units are reached, by group and certainty, in no order.

        A group is an item (product, customer), a line's name, or the number of a day since
        1970 (UTC); None where it is not known. A unit built on two lines counts on both.
        """
        suspected, suspects = self._beside.look(connection)
        asked = all_groups(*self._about, form=self._form, by=by, suspected=suspected)
        return self._counted(asked.ask(connection, **self._held.values, **suspects).all())

    def coverage(self, connection: Connection) -> Coverage:
        """Return how much was reported of the runs that these units passed."""
        told = self._told(connection)
        asked = Covering(scope=self.scope, held=self._held, moment=self.moment, there=self._there)
        return coverage(connection, asked, told.runs, has_runless=told.has_runless)

    def unknown(self, connection: Connection) -> Unknown:
        """Return what could change the answer."""
        told = self._told(connection)
        packages = packages_without_lot(connection, self.scope, self.moment, self._there)
        near, runs = sorted(told.near), told.runs
        values = dict(self._held.values)
        values |= given_values(connection, near=near) if near else {}
        values |= given_values(connection, run_asked=runs) if runs else {}

        def lines() -> CursorResult[*tuple[Any, ...]]:
            asked = lines_of_material(
                *self._about, dialect=self._held.dialect, is_near=bool(near), is_of_runs=bool(runs)
            )
            return asked.ask(connection, **values)

        return unknown(connection, self.scope, self.moment, lines, packages=packages)

    def anomalies(self, connection: Connection) -> dict[AnomalyKind, int]:
        """Return how many open anomalies touch the answer: the packages, what holds them, what that is in."""
        things = [select(self._held.packages.c.package)]
        met = self._told(connection).met
        if met:
            things.append(select(given(connection, thing=sorted(met)).c.thing))
        return count_touching(connection, self.scope, union(*things), self.moment)

    def left_out(self, connection: Connection) -> int:
        """Return how many statements that would touch the answer are dated ahead."""
        return self._told(connection).left_out(select(self._held.packages.c.package))

    def _told(self, connection: Connection) -> Beside:
        """Return what is beside the units, searched by itself where it was not found with them."""
        if not self._beside.is_known:
            suspected, suspects = self._beside.look(connection)
            assert suspected is not None
            asked = all_beside(*self._about, form=self._form, suspected=suspected)
            rows = asked.ask(connection, **self._held.values, **suspects)
            self._beside.note((row.tag, row.number) for row in rows)
        return self._beside

    def _counted(self, found: Sequence[Row[Any, int, int]]) -> list[Count]:
        self._beside.note((sure, count) for _, sure, count in found)
        return [Count(grouped, Certainty(sure), count) for grouped, sure, count in found if sure >= 0]

    def _after(self, page: PageRequest) -> dict[str, Any]:
        names = ("last_unit", "last_shipment")
        return {"most": page.limit + 1, **dict(zip(names, page.after or (), strict=False))}


def _used(row: Row[Any]) -> Used:
    return Used(**{**row._mapping, "certainty": Certainty(row.certainty)})  # noqa: SLF001 the public name of it
