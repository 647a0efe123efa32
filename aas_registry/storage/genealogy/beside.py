"""What stands beside where-used: the runs that were passed, and whether what is open touches the answer.

It is found in the one search for units: anomalies, open lines and what is dated ahead speak of few units,
and the search tells which of these it met.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import CTE, Connection, Select, literal, or_, select, union, union_all

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.ahead import StatementsAhead
from aas_registry.storage.genealogy.anomalies import things_in_doubt
from aas_registry.storage.genealogy.unknown import near_lines
from aas_registry.storage.rows import given, is_among

_RUN, _UNIT, _ROOT = -2, -3, -4  # tags of what a row tells; no unit and no certainty is one of them


class Beside:
    """What is found beside the units of one question.

    Attributes:
        is_known: Whether it was searched.
        runs: Those that the units passed.
        met: Units of the answer, and what they are part of: those of which anything is said that is open.
    """

    def __init__(self, scope: Scope, moment: Moment, reached: CTE, passed: Select[tuple[int]]) -> None:
        """Ask beside the units of ``reached``, with their roots, that passed the runs of ``passed``."""
        self.is_known = False
        self.runs: Sequence[int] = ()
        self.met: set[int] = set()
        self._scope = scope
        self._moment = moment
        self._reached = reached
        self._passed = passed
        self._units: set[int] = set()
        self._lines: Mapping[int, Collection[int]] = {}
        self._ahead: StatementsAhead | None = None

    def queries(self, connection: Connection) -> Iterator[Select[tuple[int, int]]]:
        """Yield queries of a tag and a number, to be asked in one statement with the units."""
        passed = self._passed.cte("runs_passed")
        yield select(literal(_RUN).label("tag"), passed.c.run.label("number"))
        self._ahead = StatementsAhead(connection, self._scope, self._moment)
        self._lines = near_lines(connection, self._scope.site, self._moment)
        doubted = things_in_doubt(connection, self._scope, self._moment)
        wanted: list[Select[tuple[int]]] = [] if doubted is None else [doubted]
        numbers = {*self._ahead.units, *self._lines}
        if numbers:
            wanted.append(select(given(connection, number=sorted(numbers)).c.number))
        if not wanted:
            return
        suspects = union(*wanted).cte("suspects")
        both = (self._reached.c.unit, self._reached.c.root)
        is_met = or_(*(is_among(each, select(suspects.c[0])) for each in both))
        met = select(*both).where(is_met).distinct().cte("met")
        for tag, column in ((_UNIT, met.c.unit), (_ROOT, met.c.root)):
            yield select(literal(tag).label("tag"), column.label("number"))

    def note(self, told: Iterable[tuple[int, int]]) -> None:
        """Note what was found; rows of other tags are left out."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for tag, number in told:
            found[tag].add(number)
        self.runs = sorted(found[_RUN])
        self._units = found[_UNIT]
        self.met = found[_UNIT] | found[_ROOT]
        self.is_known = True

    def told(self, connection: Connection) -> "Beside":
        """Return this, searched by itself where it was not found with the units."""
        if not self.is_known:
            rows = connection.execute(union_all(*self.queries(connection)))
            self.note((row.tag, row.number) for row in rows)
        return self

    @property
    def near(self) -> set[int]:
        """Return what open lines name, and what is near a unit that holds the material."""
        return {each for unit, named in self._lines.items() if unit in self._units for each in named}

    def left_out(self, packages: Select[tuple[int]]) -> int:
        """Return how many statements are dated ahead and would touch where-used of what packages hold."""
        assert self._ahead is not None
        return self._ahead.of_packages(packages, self.met)
