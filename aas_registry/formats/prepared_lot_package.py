"""Packages of many lots, fast: each shape of package is built once, then filled for each lot.

The shape is which facts a lot states. `build_lot_package` makes it with marks in place of the
facts; a lot's own package differs from that in nothing but these texts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.formats.lot_package import build_lot_package

_TEXTS = (
    "manufacturer",
    "mpn",
    "lot_code",
    "shell",
    "unit_of_measure",
    "delivery_note",
    "internal_part_number",
    "country_of_origin",
)
# Marks are as no template has them; quantity and date are typed, so theirs are of that type.
_QUANTITY, _DAY = Decimal("8123456789012.987654"), date(1811, 11, 1)
_MARKS = re.compile(
    rf"\ue000([a-z_]+|code[0-9]+)\ue001|({re.escape(format(_QUANTITY, 'f'))})|({_DAY.isoformat()})"
)


def lot_identifiables(lots: Iterable[LotFacts]) -> Iterator[Identifiable]:
    """Yield shell, lot nameplate and lot data of each lot, as `build_lot_package` makes them."""
    prepared: dict[tuple[object, ...], list[_Body]] = {}
    for facts in lots:
        shape = (len(facts.date_codes), *(value is None for value in _stated(facts)))
        if shape not in prepared:
            prepared[shape] = _prepare(facts)
        values = _values(facts)
        for each in prepared[shape]:
            body = each.filled(values)
            yield Identifiable(kind=each.kind, identifier=body["id"], id_short=body.get("idShort"), body=body)


@dataclass(frozen=True, slots=True)
class _Body:
    kind: IdentifiableKind
    pieces: tuple[str, ...]  # of the JSON text: what stays and, in between, names of values

    def filled(self, values: Mapping[str, str]) -> dict[str, Any]:
        texts = [values[each] if place % 2 else each for place, each in enumerate(self.pieces)]
        body: dict[str, Any] = orjson.loads("".join(texts))
        return body


def _stated(facts: LotFacts) -> tuple[object, ...]:
    return (*(getattr(facts, name) for name in _TEXTS), facts.quantity, facts.manufactured_on)


def _prepare(facts: LotFacts) -> list[_Body]:
    texts = {name: f"\ue000{name}\ue001" for name in _TEXTS if getattr(facts, name) is not None}
    marked = replace(
        facts,
        date_codes=tuple(f"\ue000code{place}\ue001" for place in range(len(facts.date_codes))),
        quantity=None if facts.quantity is None else _QUANTITY,
        manufactured_on=None if facts.manufactured_on is None else _DAY,
        **texts,
    )
    return [_Body(each.kind, _pieces(each.body)) for each in build_lot_package(marked).identifiables]


def _pieces(body: Mapping[str, Any]) -> tuple[str, ...]:
    text = orjson.dumps(body).decode()
    pieces: list[str] = []
    end = 0
    for found in _MARKS.finditer(text):
        name = found[1] or ("quantity" if found[2] else "manufactured_on")
        pieces += [text[end : found.start()], name]
        end = found.end()
    return (*pieces, text[end:])


def _values(facts: LotFacts) -> dict[str, str]:
    values = {name: _escaped(text) for name in _TEXTS if (text := getattr(facts, name)) is not None}
    values |= {f"code{place}": _escaped(code) for place, code in enumerate(facts.date_codes)}
    if facts.quantity is not None:
        values["quantity"] = format(facts.quantity, "f")
    if facts.manufactured_on is not None:
        values["manufactured_on"] = facts.manufactured_on.isoformat()
    return values


def _escaped(text: str) -> str:
    return orjson.dumps(text).decode()[1:-1]
