"""Anomalies as they follow from what a transaction touched: found anew, and written where they changed.

One function for each kind looks at what was touched (`storage.genealogy.touched`) and yields what it
looked at with what holds there now; whatever else was known of that ended. To add a kind is to add
its function to `_FINDERS`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, Table, select, update

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.anomaly_changes import Fate, compare_anomalies
from aas_registry.domain.held_spans import Span, union_of
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
    known = list(_looked_at(work, checked))
    changes = compare_anomalies(
        [before for _, before in known], (each for of in checked for each in of.found)
    )
    resolved: list[tuple[Mapping[str, Any], Anomaly]] = []
    renewed: list[Mapping[str, Any]] = []
    for place, pieces in changes.past.items():
        for row, (piece, fate) in zip(_parted(work, known[place][0], pieces), pieces, strict=False):
            if fate is Fate.RENEWED:
                renewed.append(row)
            elif fate is Fate.RESOLVED:
                resolved.append((row, piece))
    _end(work, renewed, renewed=True)
    _resolve(work, resolved)
    # What goes on is known since it was first.
    since = [
        min((known[one][0]["known_since"] for one in on), default=work.now) for on in changes.begun.values()
    ]
    on_record = {"recorded_from": work.now, "recorded_to": None, "renewed": False, "resolved_by": None}
    _write(work, [*changes.begun], [{**on_record, "known_since": each} for each in since])


def _parted(
    work: Workspace, row: RowMapping, pieces: Sequence[tuple[Anomaly, Fate]]
) -> list[Mapping[str, Any]]:
    """Part a row where not the same became of its pieces; return one row of each, or the whole one."""
    if len({fate for _, fate in pieces}) == 1:
        return [dict(row)]
    own = (anomaly.c.site == work.site) & (anomaly.c.id == row["id"])
    first = {**row, "holds_until": pieces[0][0].holds_until}
    work.connection.execute(update(anomaly).where(own).values(holds_until=first["holds_until"]))
    work.sums.remove(anomaly, [row])
    work.sums.add(anomaly, [first])
    rest = [each for each, _ in pieces[1:]]
    return [first, *_write(work, rest, [dict(row)] * len(rest))]


def _looked_at(work: Workspace, checked: Sequence[Checked]) -> Iterator[tuple[RowMapping, Anomaly]]:
    """Yield the open anomalies of what was looked at."""
    looked_at: defaultdict[tuple[AnomalyKind, int], list[Collection[str] | None]] = defaultdict(list)
    for each in checked:
        for subject in each.subjects:
            looked_at[each.kind, subject].append(each.keys)
    for row, before in open_anomalies_of(work.connection, work.site, {subject for _, subject in looked_at}):
        keys = looked_at.get((before.kind, before.subject), ())
        if any(some is None or before.key in some for some in keys):
            yield row, before


def _write(
    work: Workspace, found: Sequence[Anomaly], on_record: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Write anomalies with what is on record of each; return their rows."""
    if not found:
        return []
    ids = work.facts.take(work.connection, len(found))
    numbered = list(zip(ids, found, strict=True))
    rows = [
        {
            **known,
            "site": work.site,
            "id": number,
            "kind": each.kind.value,
            "subject": each.subject,
            "key": each.key,
            "holds_from": each.holds_from,
            "holds_until": each.holds_until,
        }
        for (number, each), known in zip(numbered, on_record, strict=True)
    ]
    _insert(work, anomaly, rows)
    for table, column, name in _CHILDREN:
        children = [
            {"site": work.site, "anomaly": number, column: one, "since": since.get(one)}
            for number, each in numbered
            for since in [dict(getattr(each, f"later_{name}"))]
            for one in sorted(getattr(each, name))
        ]
        _insert(work, table, children)
    return rows


def _insert(work: Workspace, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        insert_rows(work.connection, table, rows)
        work.sums.add(table, rows)


def _end(
    work: Workspace,
    rows: Sequence[Mapping[str, Any]],
    *,
    renewed: bool = False,
    resolved_by: int | None = None,
) -> None:
    ended = {"recorded_to": work.now, "renewed": renewed, "resolved_by": resolved_by}
    for part in in_chunks(rows):
        own = (anomaly.c.site == work.site) & anomaly.c.id.in_([row["id"] for row in part])
        work.connection.execute(update(anomaly).where(own).values(**ended))
        work.sums.remove(anomaly, part)
        work.sums.add(anomaly, [{**row, **ended} for row in part])


def _resolve(work: Workspace, resolved: Sequence[tuple[Mapping[str, Any], Anomaly]]) -> None:
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
    """Yield the removals that did not find what they name, once an event and package."""
    spans: defaultdict[tuple[int, int, int | None], list[Span]] = defaultdict(list)
    for unit, missed in work.touched.missed.items():
        for removal, span in missed:
            spans[unit, removal.event, removal.package].append(span)
    found = [
        Anomaly(
            kind=AnomalyKind.REMOVED_TWICE,
            subject=unit,
            key=str(number) if package is None else f"{number} {package}",
            events=frozenset({number}),
            things=frozenset({unit} if package is None else {unit, package}),
            holds_from=span.begins,
            holds_until=span.ends,
        )
        for (unit, number, package), some in spans.items()
        for span in union_of(some)
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
