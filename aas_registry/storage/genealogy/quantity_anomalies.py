"""Packages of which more was taken than was in them, or that were counted in several units of measure.

A reel is used thousands of times: its uses are read only where what was taken at most says that
something may not fit (`storage.genealogy.draws`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.draws import find_measures, find_overdrawn
from aas_registry.domain.removals import measure_of
from aas_registry.storage.genealogy.draws import (
    Suspect,
    at_most,
    contents_of,
    count_anew,
    count_on,
    draws_of,
    packages_of_passed_runs,
    packages_spoken_of,
)
from aas_registry.storage.genealogy.touched import Checked
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.anomalies import anomaly
from aas_registry.storage.tables.genealogy import feed

_KINDS = (AnomalyKind.OVERDRAWN, AnomalyKind.UNITS_OF_MEASURE)


def find_overdrawn_packages(work: Workspace) -> Iterator[Checked]:
    """Yield the packages, of those touched, of which too much was taken, or in several units of measure."""
    anew = packages_spoken_of(work)
    used: defaultdict[int, list[Mapping[Any, Any]]] = defaultdict(list)
    more: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for row in work.touched.begun[feed]:
        most = None if row["package"] in anew else at_most(row)
        if most is not None:
            used[row["package"]].append(row)
            more[row["package"], measure_of(row["unit_of_measure"])] += most
    doubted = count_anew(work, anew)
    suspects = count_on(work, more)
    suspects -= _settled(work, suspects, used)
    wanted = doubted | packages_of_passed_runs(work) | {package for package, _ in suspects}
    for kind in _KINDS:
        yield Checked(kind, anew - wanted, ())
    for part in in_chunks(sorted(wanted)):
        known = contents_of(work, part)
        draws = draws_of(work, part)
        measures = [
            each
            for package in part
            for each in find_measures(package, [*draws[package], *filter(None, (known.get(package),))])
        ]
        overdrawn = [
            each
            for package, of_it in known.items()
            for each in find_overdrawn(package, of_it, draws[package])
        ]
        yield Checked(AnomalyKind.UNITS_OF_MEASURE, part, measures)
        yield Checked(AnomalyKind.OVERDRAWN, part, overdrawn)


def _settled(
    work: Workspace, suspects: Collection[Suspect], used: Mapping[int, Iterable[Mapping[Any, Any]]]
) -> set[Suspect]:
    """Return of which packages is known already what does not fit, where all new uses are later than that."""
    settled: set[Suspect] = set()
    for part in in_chunks(sorted({package for package, _ in suspects})):
        own = (anomaly.c.site == work.site) & anomaly.c.subject.in_(part) & anomaly.c.recorded_to.is_(None)
        kinds = anomaly.c.kind.in_([each.value for each in _KINDS])
        for known in work.connection.execute(select(anomaly).where(own, kinds)):
            since = known.holds_from
            # A range is used when its units pass, which may be before it was told.
            if all(
                row["valid_from"] > since and row["seq_from"] == row["seq_to"] for row in used[known.subject]
            ):
                settled.add((known.subject, AnomalyKind(known.kind)))
    return settled
