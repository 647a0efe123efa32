"""Statements about names, and holders of names, to rows and back."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import RowMapping

from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import Name, Scheme, kind_of
from aas_registry.domain.namings import HeldName, Line, Naming, NamingKind, StatementOrder, by_the_end_of
from aas_registry.storage.column_types import Instant, as_stored

_AT = Instant()
BEGIN = ("begin_at", "begin_rank", "begin_place", "begin_nth")


class HolderRow(NamedTuple):
    """A row of `holder`, or one that is to be: who has a name from ``begin`` on."""

    name: HeldName
    item: int
    begin: StatementOrder | None
    end_at: datetime | None
    issuer: str
    value: str


def held_name(name: Name) -> HeldName:
    """Return a name in the form for comparing."""
    return HeldName(name.scheme, name.value_key, name.issuer_key)


def is_labelled(row: HolderRow, issuer_key: str) -> bool:
    """Return whether a label that lists name is meant with an issuer, or with none."""
    return issuer_key in {"", matching_key(row.issuer)}


def until_another(
    held: Mapping[tuple[Scheme, str], Mapping[HeldName, Iterable[HolderRow]]], changed: Iterable[HolderRow]
) -> Iterator[tuple[int, datetime | None]]:
    """Yield who has a name until the very time at which one that changed begins, or with it: since when."""
    for row in changed:
        for each in held[row.name.scheme, row.name.value_key].get(row.name, ()):
            if each.begin == row.begin:
                yield each.item, None if row.begin is None else row.begin.happened_at
            elif row.begin is not None and each.end_at == row.begin.happened_at:
                yield each.item, each.end_at


def items_at(rows: Iterable[HolderRow], at: StatementOrder) -> set[int]:
    """Return who of several rows of one name has it at a time: several, where nobody knows whose it is."""
    begun = [row for row in rows if row.begin is None or row.begin <= at]
    last = max((row.begin for row in begun if row.begin is not None), default=None)
    return {row.item for row in begun if row.begin == last}


def naming_row(said: Naming, name: HeldName, written: Name) -> dict[str, Any]:
    """Return a statement as a row of one of its names."""
    return {
        **keys_of(name),
        "issuer": written.issuer,
        "value": written.value,
        "kind": said.kind.value,
        "names": orjson.dumps([(*each, _moment(at)) for each, at in said.together]).decode()
        if said.together
        else None,
        "meant_at": said.meant_at.happened_at if said.meant_at != said.order else None,
        "unit_kind": said.unit_kind,
        "product": said.product,
        "lots": orjson.dumps(sorted(said.lots)).decode() if said.lots else None,
        "happened_at": said.order.happened_at,
        "rank": said.order.rank,
        "place": said.order.place,
        "nth": said.order.nth,
        "event": said.line.event,
    }


def naming_of(row: RowMapping) -> Naming:
    """Return what a row of a name says, with all names of its line."""
    kind, own = NamingKind(row["kind"]), name_in(row)
    together = tuple(
        (HeldName(Scheme(scheme), value_key, issuer_key), None if at is None else by_the_end_of(_AT.read(at)))
        for scheme, value_key, issuer_key, at in orjson.loads(row["names"] or "[]")
    )
    order = StatementOrder(row["happened_at"], row["rank"], row["place"], row["nth"])
    return Naming(
        line=line_of(row),
        kind=kind,
        names=tuple(each for each, _ in together) if together and kind is not NamingKind.SAME else (own,),
        order=order,
        meant_at=order if row["meant_at"] is None else by_the_end_of(row["meant_at"]),
        together=together,
        unit_kind=row["unit_kind"],
        product=row["product"],
        lots=frozenset(orjson.loads(row["lots"] or "[]")),
    )


def _moment(at: StatementOrder | None) -> int | None:
    stored: int | None = None if at is None else as_stored(at.happened_at)
    return stored


def line_of(row: RowMapping) -> Line:
    """Return where a statement stands."""
    return Line(row["event"], row["place"], row["nth"])


def name_in(row: RowMapping) -> HeldName:
    """Return the name of a row."""
    return HeldName(Scheme(row["scheme"]), row["value_key"], row["issuer_key"])


def keys_of(name: HeldName) -> dict[str, str]:
    """Return the columns by which a name is found."""
    return {"scheme": name.scheme.value, "value_key": name.value_key, "issuer_key": name.issuer_key}


def holder_row(row: HolderRow) -> dict[str, Any]:
    """Return the row that says who has a name."""
    begin = row.begin or (None,) * len(BEGIN)
    return {
        **keys_of(row.name),
        "item": row.item,
        "issuer": row.issuer,
        "value": row.value,
        "kind": kind_of(row.name.scheme).value,
        **dict(zip(BEGIN, begin, strict=True)),
        "end_at": row.end_at,
    }
