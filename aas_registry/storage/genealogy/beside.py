"""What stands beside where-used: the runs that were passed, and whether what is open touches the answer.

It is found in the one search for units: anomalies, open lines and what is dated ahead speak of few units,
and the search tells which of these it met.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Connection, Select, and_, case, func, literal, or_, select, union

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.ahead import StatementsAhead
from aas_registry.storage.genealogy.anomalies import has_anomalies, things_in_doubt
from aas_registry.storage.genealogy.unknown import near_lines
from aas_registry.storage.moments import in_effect
from aas_registry.storage.rows import given_later, given_values, in_order, is_among
from aas_registry.storage.tables.genealogy import containment

_NO_RUN = 0  # no run has it
_RUN, _UNIT, _ABOVE = -2, -3, -4  # tags of what a row tells; no unit and no certainty is one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """What is searched for among the units: what anomalies touch, and what else is named."""

    in_doubt: bool
    named: bool


def beside(
    scope: Scope,
    moment: Moment,
    reached: CTE,
    passed: Select[Any],
    suspected: Suspected,
    *,
    dialect: str,
    has_left: bool,
) -> list[Select[int, Any]]:
    """Return queries of a tag and a number, to be asked in one statement with the units.

    Args:
        scope: As whom.
        moment: When is asked for.
        reached: The units, with their roots.
        passed: The runs that they passed; null where one passed none.
        suspected: What is searched for; what is named, as ``suspect`` of `rows.given_values`.
        dialect: The name of the database's dialect.
        has_left: Whether it is asked with what they left, so that what they are packed in counts, too.
    """
    runs = passed.cte("runs_passed")
    queries = [select(literal(_RUN).label("tag"), func.coalesce(runs.c.run, _NO_RUN).label("number"))]
    wanted = [things_in_doubt(scope, moment)] if suspected.in_doubt else []
    if suspected.named:
        wanted.append(select(given_later(dialect, suspect=int).c.suspect))
    if not wanted:
        return queries
    inside = _inside(scope.site, union(*wanted).cte("suspects"), moment, has_left=has_left)
    met = select(inside).where(is_among(inside.c.unit, select(reached.c.unit))).cte("met")
    tag = case((met.c.suspect == met.c.unit, _UNIT), else_=_ABOVE).label("tag")
    return [*queries, select(tag, met.c.suspect.label("number")).distinct()]


def _inside(site: Site, suspects: CTE, moment: Moment, *, has_left: bool) -> CTE:
    """Return all that is in some units, with these: they are few, and what is reached may be much."""
    relations = (Relation.PART_OF, *((Relation.PANEL_OF, Relation.PACKED_IN) if has_left else ()))
    itself = suspects.c[0]
    down = select(itself.label("suspect"), itself.label("unit")).cte("in_suspects", recursive=True)
    below = and_(
        containment.c.site == site,
        containment.c.parent == down.c.unit,
        or_(*(containment.c.relation == each.value for each in relations)),
        in_effect(containment, moment),
    )
    step = select(down.c.suspect, containment.c.child).select_from(in_order(down, containment, below))
    return down.union(step)


class Beside:
    """What is found beside the units of one question.

    Attributes:
        is_known: Whether it was searched.
        runs: Those that the units passed, or that they were used in.
        has_runless: Whether one of them passed none.
        met: Units of the answer, and what they are part of: those of which anything is said that is open.
    """

    def __init__(self, scope: Scope, moment: Moment) -> None:
        """Ask beside the units that a question reaches."""
        self.is_known = False
        self.runs: Sequence[int] = ()
        self.has_runless = False
        self.met: set[int] = set()
        self._scope = scope
        self._moment = moment
        self._units: set[int] = set()
        self._lines: Mapping[int, Collection[int]] = {}
        self._ahead: StatementsAhead | None = None

    def look(self, connection: Connection) -> tuple[Suspected | None, Mapping[str, Any]]:
        """Look for what is open; return what is to be searched for, and its values: None where it was."""
        if self.is_known:
            return None, {}
        self._ahead = StatementsAhead(connection, self._scope, self._moment)
        self._lines = near_lines(connection, self._scope.site, self._moment)
        numbers = sorted({*self._ahead.near, *self._lines})
        is_doubted = has_anomalies(connection, self._scope.site, self._moment)
        values = given_values(connection, suspect=numbers) if numbers else {}
        return Suspected(in_doubt=is_doubted, named=bool(numbers)), values

    def note(self, told: Iterable[tuple[int, int]]) -> None:
        """Note what was found; rows of other tags are left out."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        if self.is_known:
            return
        for tag, number in told:
            found[tag].add(number)
        self.has_runless = _NO_RUN in found[_RUN]
        self.runs = sorted(found[_RUN] - {_NO_RUN})
        self._units = found[_UNIT]
        self.met = found[_UNIT] | found[_ABOVE]
        self.is_known = True

    @property
    def near(self) -> set[int]:
        """Return what open lines name, and what is near a unit that holds the material."""
        return {each for unit, named in self._lines.items() if unit in self._units for each in named}

    def left_out(self, packages: Select[tuple[int]]) -> int:
        """Return how many statements are dated ahead and would touch where-used of what packages hold."""
        assert self._ahead is not None
        return self._ahead.of_packages(packages, self._units, self.runs)
