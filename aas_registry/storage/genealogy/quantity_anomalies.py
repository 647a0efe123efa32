"""Packages of which more was taken than was in them, or that were counted in several units of measure.

A reel is used thousands of times: its uses are read only where what was taken at most says that
something may not fit (`storage.genealogy.draws`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.draws import find_measures, find_overdrawn
from aas_registry.domain.removals import measure_of
from aas_registry.storage.genealogy.draws import (
    KINDS,
    Suspect,
    at_most,
    contents_of,
    count_anew,
    count_on,
    draws_of,
    first_draws,
    packages_spoken_of,
    suspects_of_passes,
)
from aas_registry.storage.genealogy.touched import Checked
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.anomalies import anomaly
from aas_registry.storage.tables.genealogy import feed


def find_overdrawn_packages(work: Workspace) -> Iterator[Checked]:
    """Yield the packages, of those touched, of which too much was taken, or in several units of measure."""
    anew = packages_spoken_of(work)
    used: dict[int, int] = {}
    more: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for row in work.touched.begun[feed]:
        most = None if row["package"] in anew else at_most(row)
        if most is not None:
            used[row["id"]] = row["package"]
            more[row["package"], measure_of(row["unit_of_measure"])] += most
    doubted = count_anew(work, anew)
    suspects = suspects_of_passes(work)
    too_many, changed = count_on(work, more)
    doubtful = {package for package, _ in too_many} | changed.keys()
    first = first_draws(work, [number for number, package in used.items() if package in doubtful])
    early = {
        (each, kind) for each, since in changed.items() for kind in KINDS if first.get(each, since) < since
    }
    for suspect in too_many | early:
        at = first.get(suspect[0])
        if at is not None:
            suspects[suspect] = min(at, suspects.get(suspect, at))
    wanted = doubted | {package for package, _ in suspects.keys() - _settled(work, suspects)}
    for kind in KINDS:
        yield Checked(kind, anew - wanted, ())
    for part in in_chunks(sorted(wanted)):
        known = contents_of(work, part)
        draws = draws_of(work, part)
        for kind, find in zip(KINDS, (find_overdrawn, find_measures), strict=True):
            found = [each for package in part for each in find(package, known[package], draws[package])]
            yield Checked(kind, part, found)


def _settled(work: Workspace, suspects: Mapping[Suspect, datetime]) -> set[Suspect]:
    """Return of which packages is known already what does not fit, where all that is new is later."""
    settled: set[Suspect] = set()
    for part in in_chunks(sorted({package for package, _ in suspects})):
        own = (anomaly.c.site == work.site) & anomaly.c.subject.in_(part) & anomaly.c.recorded_to.is_(None)
        kinds = anomaly.c.kind.in_([each.value for each in KINDS])
        for known in work.connection.execute(select(anomaly).where(own, kinds)):
            suspect = (known.subject, AnomalyKind(known.kind))
            if known.holds_until is None and suspect in suspects and suspects[suspect] > known.holds_from:
                settled.add(suspect)
    return settled
