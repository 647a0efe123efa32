"""A package that is filled from a prepared shape is the one that is built for its lot."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.formats.lot_package import build_lot_package
from aas_registry.formats.prepared_lot_package import lot_identifiables

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
OPTIONAL = st.one_of(st.none(), TEXTS)
LOTS = st.builds(
    LotFacts,
    manufacturer=TEXTS,
    mpn=st.one_of(TEXTS, st.sampled_from(["1811-11-01", "\ue000mpn\ue001", '"}],', "8123456789012.987654"])),
    lot_code=TEXTS,
    shell=TEXTS,
    date_codes=st.lists(TEXTS, max_size=3, unique=True).map(tuple),
    quantity=st.one_of(st.none(), st.decimals(0, 10**6, places=3), st.just(Decimal("4E+3"))),
    unit_of_measure=OPTIONAL,
    delivery_note=OPTIONAL,
    internal_part_number=OPTIONAL,
    country_of_origin=OPTIONAL,
    manufactured_on=st.one_of(st.none(), st.dates(min_value=date(1000, 1, 1))),
)


@given(st.lists(LOTS, max_size=5))
def test_it_is_the_package_that_is_built(lots: list[LotFacts]) -> None:
    built = [each for facts in lots for each in build_lot_package(facts).identifiables]

    assert list(lot_identifiables(lots)) == built
