"""A package that is filled from a prepared shape is the one that is built for its lot."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain

import orjson
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.document_facts import asset_ids_of, semantic_id_of, submodel_refs_of
from aas_registry.domain.lot_facts import LotFacts, extract_lot_facts, read_lot_texts
from aas_registry.formats.package.lot_package import build_lot_package
from aas_registry.formats.package.prepared_lot_package import lot_identifiables
from aas_registry.settings import Settings

LIMITS = Settings().limits
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
OPTIONAL = st.one_of(st.none(), TEXTS)
LOTS = st.builds(
    LotFacts,
    manufacturer=TEXTS,
    mpn=st.one_of(TEXTS, st.sampled_from(["1811-11-01", "\ue000mpn\ue001", '"}],', "8123456789012.987654"])),
    lot_code=TEXTS,
    shell=st.one_of(TEXTS, TEXTS.map("urn:{}".format)),
    date_codes=st.lists(TEXTS, max_size=3, unique=True).map(tuple),
    quantity=st.one_of(st.none(), st.decimals(0, 10**6, places=3), st.just(Decimal("4E+3"))),
    unit_of_measure=OPTIONAL,
    delivery_note=OPTIONAL,
    internal_part_number=OPTIONAL,
    country_of_origin=OPTIONAL,
    manufactured_on=st.one_of(st.none(), st.dates(min_value=date(1000, 1, 1))),
)

# As a list may state them: no control characters, no white space around, date codes taken apart.
LISTED = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
LISTED_LOTS = st.builds(
    replace,
    LOTS,
    **dict.fromkeys(("manufacturer", "mpn", "lot_code", "shell"), LISTED),
    **dict.fromkeys(
        ("unit_of_measure", "delivery_note", "internal_part_number", "country_of_origin"),
        st.one_of(st.none(), LISTED),
    ),
    date_codes=st.lists(LISTED.filter(lambda code: not {",", ";"} & set(code)), max_size=3, unique=True).map(
        tuple
    ),
)


@given(st.lists(LOTS, max_size=5))
def test_it_is_the_package_that_is_built(lots: list[LotFacts]) -> None:
    built = [each for facts in lots for each in build_lot_package(facts).identifiables]

    prepared = list(chain.from_iterable(lot_identifiables(lots)))

    assert [(each.kind, each.identifier, each.id_short) for each in prepared] == [
        (each.kind, each.identifier, each.id_short) for each in built
    ]
    assert [each.canonical for each in prepared] == [each.canonical() for each in built]


@given(st.lists(LOTS, max_size=5))
def test_it_is_searched_by_what_its_json_says(lots: list[LotFacts]) -> None:
    for each in chain.from_iterable(lot_identifiables(lots)):
        body = orjson.loads(each.canonical)

        assert each.semantic_id == semantic_id_of(body)
        assert each.asset_ids == asset_ids_of(body)
        assert each.submodel_refs == submodel_refs_of(body)


@given(LISTED_LOTS)
def test_reading_it_gives_the_facts_it_was_made_of(facts: LotFacts) -> None:
    (objects,) = lot_identifiables([facts])
    shell, *submodels = (orjson.loads(each.canonical) for each in objects)

    said = read_lot_texts({each["id"]: each for each in submodels}, limits=LIMITS)

    assert extract_lot_facts(shell, said, limits=LIMITS) == (facts, ())
