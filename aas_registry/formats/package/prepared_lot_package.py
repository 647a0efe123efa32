"""Packages of many lots, fast: each shape of package is built once, then filled for each lot.

The shape is which facts a lot states. `build_lot_package` makes it with marks in place of the
facts; a lot's own package differs from that in nothing but these texts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import orjson

from aas_registry.domain.document_facts import asset_ids_of, semantic_id_of, submodel_refs_of
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.formats.package.lot_package import URN, build_lot_package

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedIdentifiable:
    """A shell or submodel of a lot: its canonical JSON, and what it is searched by.

    Attributes:
        canonical: JSON as RFC 8785 spells it.
        semantic_id: First key of the semanticId; this and what follows is found by ``document_facts``.
    """

    kind: IdentifiableKind
    identifier: str
    id_short: str | None
    semantic_id: str | None
    canonical: bytes
    asset_ids: Sequence[tuple[str, str]]
    submodel_refs: Sequence[str]


def lot_identifiables(lots: Iterable[LotFacts]) -> Iterator[list[PreparedIdentifiable]]:
    """Yield for each lot its shell, lot nameplate and lot data, as `build_lot_package` makes them."""
    prepared: dict[tuple[object, ...], list[_Template]] = {}
    for facts in lots:
        stated = (*(getattr(facts, name) for name in _TEXTS), facts.quantity, facts.manufactured_on)
        is_stated = (value is not None for value in stated)
        shape = (len(facts.date_codes), facts.shell.startswith(URN), *is_stated)
        if shape not in prepared:
            prepared[shape] = _prepare(facts)
        values = {name: text for name in _TEXTS if (text := getattr(facts, name)) is not None}
        values["shell"] = facts.shell.removeprefix(URN)
        values |= {f"code{place}": code for place, code in enumerate(facts.date_codes)}
        if facts.quantity is not None:
            values["quantity"] = format(facts.quantity, "f")
        if facts.manufactured_on is not None:
            values["manufactured_on"] = facts.manufactured_on.isoformat()
        escaped = {name: orjson.dumps(text).decode()[1:-1] for name, text in values.items()}
        yield [each.filled(values, escaped) for each in prepared[shape]]


# A text in pieces: what stays and, in between, names of values.
_Pieces = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Template:
    of: Identifiable
    canonical: _Pieces
    identifier: _Pieces
    semantic_id: str | None
    asset_ids: Sequence[tuple[str, _Pieces]]
    submodel_refs: Sequence[_Pieces]

    def filled(self, values: Mapping[str, str], escaped: Mapping[str, str]) -> PreparedIdentifiable:
        return PreparedIdentifiable(
            kind=self.of.kind,
            identifier=_filled(self.identifier, values),
            id_short=self.of.id_short,
            semantic_id=self.semantic_id,
            canonical=_filled(self.canonical, escaped).encode(),
            asset_ids=[(name, _filled(pieces, values)) for name, pieces in self.asset_ids],
            submodel_refs=[_filled(pieces, values) for pieces in self.submodel_refs],
        )


def _filled(pieces: _Pieces, values: Mapping[str, str]) -> str:
    texts = list(pieces)
    texts[1::2] = [values[name] for name in texts[1::2]]
    return "".join(texts)


def _prepare(facts: LotFacts) -> list[_Template]:
    texts = {name: f"\ue000{name}\ue001" for name in _TEXTS if getattr(facts, name) is not None}
    if facts.shell.startswith(URN):  # then other ids are below it than below an address
        texts["shell"] = URN + texts["shell"]
    marked = replace(
        facts,
        date_codes=tuple(f"\ue000code{place}\ue001" for place in range(len(facts.date_codes))),
        quantity=None if facts.quantity is None else _QUANTITY,
        manufactured_on=None if facts.manufactured_on is None else _DAY,
        **texts,
    )
    return [
        _Template(
            of=each,
            canonical=_pieces(each.canonical().decode()),
            identifier=_pieces(each.identifier),
            semantic_id=semantic_id_of(each.body),
            asset_ids=[(name, _pieces(value)) for name, value in asset_ids_of(each.body)],
            submodel_refs=[_pieces(reference) for reference in submodel_refs_of(each.body)],
        )
        for each in build_lot_package(marked).identifiables
    ]


def _pieces(text: str) -> _Pieces:
    pieces: list[str] = []
    end = 0
    for found in _MARKS.finditer(text):
        name = found[1] or ("quantity" if found[2] else "manufactured_on")
        pieces += [text[end : found.start()], name]
        end = found.end()
    return (*pieces, text[end:])
