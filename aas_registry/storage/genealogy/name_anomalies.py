"""Names that do not fit: given anew, created again, or labels of which lists say other lots than events."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import RowMapping, Table, select

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.items import Scheme, key_of
from aas_registry.storage.genealogy.listed import Listed, listed_under
from aas_registry.storage.genealogy.touched import Checked
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.namings import holder, naming

_OF_HOLDERS = (AnomalyKind.LABEL_REUSED, AnomalyKind.SERIAL_REUSED, AnomalyKind.CREATED_AGAIN)


def find_names_given_anew(work: Workspace) -> Iterator[Checked]:
    """Yield the names, of those touched, that were given anew, or whose unit was created again."""
    named = work.touched.named
    found = [each for told in named.values() for each in told]
    for kind in _OF_HOLDERS:
        such = [each for each in found if each.kind is kind]
        yield Checked(kind, work.touched.naming, such, keys=named.keys())


def find_disputed_labels(work: Workspace) -> Iterator[Checked]:
    """Yield the labels, of those touched, of which lists say a lot that no event says."""
    touched = work.touched
    labels = sorted(touched.labels | touched.listed)
    lists = listed_under(work.connection, work.site, labels, now=work.now)
    for part in in_chunks([each for each in labels if each in lists or each in touched.listed]):
        said, held = _of_labels(work, naming, part), _of_labels(work, holder, part)
        found = []
        for name, rows in held.items():
            told = [row for row in said[name] if row["recorded_to"] is None and row["lots"] is not None]
            packages = frozenset(row["item"] for row in rows if row["recorded_to"] is None)
            if packages and _is_disputed(told, name[1], lists.get(name[0], ())):
                found.append(_disputed(name, packages, told))
        subjects = {row["item"] for rows in held.values() for row in rows}
        yield Checked(AnomalyKind.CONTENT_DISPUTED, subjects, found)


_Name = tuple[str, str]
"""Label and issuer, in the form for comparing."""


def _of_labels(work: Workspace, table: Table, labels: Sequence[str]) -> Mapping[_Name, list[RowMapping]]:
    found: defaultdict[_Name, list[RowMapping]] = defaultdict(list)
    own = (table.c.site == work.site, table.c.scheme == Scheme.PACKAGE.value, table.c.value_key.in_(labels))
    for row in work.connection.execute(select(table).where(*own)).mappings():
        found[row["value_key"], row["issuer_key"]].append(row)
    return found


def _is_disputed(told: Sequence[Mapping[Any, Any]], issuer_key: str, lists: Sequence[Listed]) -> bool:
    said = {lot for row in told for lot in orjson.loads(row["lots"])}
    return bool(said) and any(each.is_of(issuer_key) and each.lot not in said for each in lists)


def _disputed(name: _Name, packages: frozenset[int], told: Sequence[Mapping[Any, Any]]) -> Anomaly:
    return Anomaly(
        kind=AnomalyKind.CONTENT_DISPUTED,
        subject=min(packages),
        key=key_of(Scheme.PACKAGE, name[1], name[0]),
        events=frozenset(row["event"] for row in told),
        things=packages,
        holds_from=min(row["happened_at"] for row in told),
    )
