"""Anomalies as they follow from what a transaction touched: found anew, and written where they changed.

One function for each kind looks at what was touched (`storage.genealogy.touched`) and yields what it
looked at with what holds there now; whatever else was known of that ended. To add a kind is to add
its function to `_FINDERS`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, select, update

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.storage.genealogy.anomalies import open_anomalies_of
from aas_registry.storage.genealogy.event_anomalies import find_dated_ahead, find_rings, find_undecided
from aas_registry.storage.genealogy.name_anomalies import find_disputed_labels, find_names_given_anew
from aas_registry.storage.genealogy.quantity_anomalies import find_overdrawn_packages
from aas_registry.storage.genealogy.set_up_anomalies import find_contradicted_set_ups
from aas_registry.storage.genealogy.touched import Checked, Touched
from aas_registry.storage.genealogy.use_anomalies import find_designators_used_twice, find_numbers_given_twice
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, insert_rows
from aas_registry.storage.tables.anomalies import anomaly, anomaly_event, anomaly_thing, package_draw
from aas_registry.storage.tables.events import event

# The tables of what is derived here.
FOLDED: tuple[Table, ...] = (anomaly, anomaly_event, anomaly_thing, package_draw)

_OF_MOVEMENTS = (
    AnomalyKind.TWO_PARENTS,
    AnomalyKind.PART_OF_ITSELF,
    AnomalyKind.NOT_IN,
    AnomalyKind.SHIPPED_TWICE,
    AnomalyKind.NOT_SHIPPED,
)
_CHILDREN = ((anomaly_event, "event", "events"), (anomaly_thing, "thing", "things"))


def fold(work: Workspace) -> None:
    """Find the anomalies of what was touched anew; rows that no longer hold are ended, new ones written."""
    checked = [each for find in _FINDERS for each in find(work)]
    work.touched = Touched()
    wanted: dict[tuple[str, int, str], Anomaly] = {}
    for found in (found for each in checked for found in each.found):
        wanted.setdefault((found.kind.value, found.subject, found.key), found)
    since: dict[tuple[str, int, str], datetime] = {}
    resolved: list[tuple[RowMapping, Anomaly]] = []
    renewed: list[RowMapping] = []
    looked_at: defaultdict[tuple[str, int], list[Collection[str] | None]] = defaultdict(list)
    for each in checked:
        for subject in each.subjects:
            looked_at[each.kind.value, subject].append(each.keys)
    for row, before in open_anomalies_of(work.connection, work.site, {subject for _, subject in looked_at}):
        identity = (row["kind"], row["subject"], row["key"])
        keys = looked_at.get(identity[:2], ())
        if not any(some is None or row["key"] in some for some in keys):
            continue
        now = wanted.get(identity)
        if now is None:
            resolved.append((row, before))
        elif now == before:
            del wanted[identity]
        else:
            renewed.append(row)
            since[identity] = row["known_since"]
    _end(work, renewed, renewed=True)
    _resolve(work, resolved)
    _begin(work, wanted, since)


def _begin(
    work: Workspace,
    wanted: dict[tuple[str, int, str], Anomaly],
    since: dict[tuple[str, int, str], datetime],
) -> None:
    if not wanted:
        return
    ids = work.facts.take(work.connection, len(wanted))
    numbered = list(zip(ids, wanted.items(), strict=True))
    rows = [
        {
            "site": work.site,
            "id": number,
            "kind": found.kind.value,
            "subject": found.subject,
            "key": found.key,
            "holds_from": found.holds_from,
            "holds_until": found.holds_until,
            "known_since": since.get(identity, work.now),
            "recorded_from": work.now,
            "recorded_to": None,
            "renewed": False,
            "resolved_by": None,
        }
        for number, (identity, found) in numbered
    ]
    _insert(work, anomaly, rows)
    for table, column, name in _CHILDREN:
        children = [
            {"site": work.site, "anomaly": number, column: each}
            for number, (_, found) in numbered
            for each in sorted(getattr(found, name))
        ]
        _insert(work, table, children)


def _insert(work: Workspace, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        insert_rows(work.connection, table, rows)
        work.sums.add(table, rows)


def _end(
    work: Workspace, rows: Sequence[RowMapping], *, renewed: bool = False, resolved_by: int | None = None
) -> None:
    ended = {"recorded_to": work.now, "renewed": renewed, "resolved_by": resolved_by}
    for part in in_chunks(rows):
        own = (anomaly.c.site == work.site) & anomaly.c.id.in_([row["id"] for row in part])
        work.connection.execute(update(anomaly).where(own).values(**ended))
        work.sums.remove(anomaly, part)
        work.sums.add(anomaly, [{**row, **ended} for row in part])


def _resolve(work: Workspace, resolved: Sequence[tuple[RowMapping, Anomaly]]) -> None:
    """End what no longer holds, and note which event of those just recorded did it.

    That is a correction of one of its events, else any correction, else the last event.
    """
    if not resolved:
        return
    told = (event.c.site == work.site) & (event.c.recorded_at == work.now)
    new = work.connection.execute(
        select(event.c.id, event.c.corrects).where(told).order_by(event.c.id.desc())
    ).all()
    corrections = [row for row in new if row.corrects is not None]
    by_id: dict[str, int] = {}
    for part in in_chunks(sorted({row.corrects for row in corrections})):
        named = (event.c.site == work.site) & event.c.event_id.in_(part)
        for said in work.connection.execute(select(event.c.event_id, event.c.id).where(named)):
            by_id[said.event_id] = said.id
    for row, found in resolved:
        of_it = [each for each in corrections if by_id.get(each.corrects) in found.events]
        last = next(iter(of_it or corrections or new), None)
        _end(work, [row], resolved_by=None if last is None else last.id)


def _find_misplaced(work: Workspace) -> Iterator[Checked]:
    """Yield what does not fit of where units were and went."""
    moved = work.touched.moved
    for kind in _OF_MOVEMENTS:
        found = [each for told in moved.values() for each in told if each.kind is kind]
        yield Checked(kind, moved, found)


def _find_missed(work: Workspace) -> Iterator[Checked]:
    """Yield the removals that did not find what they name."""
    found = [
        Anomaly(
            kind=AnomalyKind.REMOVED_TWICE,
            subject=unit,
            key=str(each.event),
            events=frozenset({each.event}),
            things=frozenset({unit}),
            holds_from=each.happened_at,
        )
        for unit, missed in work.touched.missed.items()
        for each in missed
    ]
    yield Checked(AnomalyKind.REMOVED_TWICE, work.touched.missed, found)


_FINDERS: tuple[Callable[[Workspace], Iterator[Checked]], ...] = (
    find_rings,
    find_dated_ahead,
    find_names_given_anew,
    find_disputed_labels,
    find_undecided,
    find_contradicted_set_ups,
    find_overdrawn_packages,
    find_numbers_given_twice,
    find_designators_used_twice,
    _find_misplaced,
    _find_missed,
)
