"""Look-ups of many lots at once answer what a look-up of each would."""

import pytest

from aas_registry.domain.identifiers import LotId, PartyId, Site, SubmissionId
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.principals import Scope
from aas_registry.services.registry import Registry
from aas_registry.storage import lot_names, lots

PLANT = Site("plant")
EVERYTHING = Scope(PLANT)
NAMES = [
    ("Bolt", "CAP-1", "A1"),
    ("Bolt", "CAP-1", "A2"),
    ("Bolt", "RES-2", "A1"),
    ("Arro", "CAP-1", "A1"),
]


@pytest.fixture
def numbers(registry: Registry) -> list[LotId]:
    """Four lots; party 7 has said something of the first two."""
    now, allocator = registry.clock(), registry.allocator
    with registry.write(PLANT) as connection:
        made = lot_names.find_or_create_lots(connection, allocator, PLANT, NAMES, now=now)
        said = [
            (
                number,
                None,
                LotFacts(manufacturer=maker, mpn=mpn, lot_code=code, shell="urn:s", date_codes=dates),
            )
            for number, (maker, mpn, code), dates in zip(
                made, NAMES[:2], [("2611",), ("2612",)], strict=False
            )
        ]
        lots.add_lot_submissions(
            connection, allocator, PLANT, said, submission=SubmissionId(1), party=7, now=now
        )  # fmt: skip
    return made


def test_finds_lots_by_name_however_it_is_spelled(registry: Registry, numbers: list[LotId]) -> None:
    asked = [
        ("BOLT", " cap-1 ", "a1"),
        ("Arro", "CAP-1", "A1"),
        ("Arro", "CAP-1", "A2"),
        ("Bolt", "\x00", "A1"),
    ]

    with registry.read() as connection:
        found = lot_names.find_lots_named(connection, EVERYTHING, asked)

    assert found == {asked[0]: numbers[0], asked[1]: numbers[3]}


def test_finds_by_name_only_what_the_scope_sees(registry: Registry, numbers: list[LotId]) -> None:
    with registry.read() as connection:
        found = lot_names.find_lots_named(connection, Scope(PLANT, party=PartyId(7)), NAMES)

    assert found == dict(zip(NAMES[:2], numbers[:2], strict=True))


def test_finds_more_lots_than_fit_into_one_statement(registry: Registry) -> None:
    names = [("Bolt", "CAP-1", str(number)) for number in range(1201)]
    with registry.write(PLANT) as connection:
        made = lot_names.find_or_create_lots(
            connection, registry.allocator, PLANT, names, now=registry.clock()
        )

    with registry.read() as connection:
        found = lot_names.find_lots_named(connection, EVERYTHING, names)
        read = lots.find_lots(connection, EVERYTHING, [*made, LotId(10**9)])

    assert found == dict(zip(names, made, strict=True))
    assert {number: lot.code for number, lot in read.items()} == {
        number: name[2] for number, name in zip(made, names, strict=True)
    }


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({"codes": ["a1"]}, [0, 2, 3]),
        ({"codes": ["A1", "A2"], "mpns": ["CAP-1"]}, [0, 1, 3]),
        ({"mpns": ["CAP-1", "RES-2"], "date_codes": ["2611", "2699"]}, [0]),
        ({"mpns": ["nothing"]}, []),
    ],
)
def test_finds_what_a_label_may_mean(
    registry: Registry, numbers: list[LotId], asked: dict[str, list[str]], places: list[int]
) -> None:
    with registry.read() as connection:
        found = lots.lots_labelled(connection, EVERYTHING, most=10, **asked)

    assert [each.id for each in found] == [numbers[place] for place in places]


def test_finds_no_more_than_was_asked(registry: Registry, numbers: list[LotId]) -> None:
    with registry.read() as connection:
        assert len(lots.lots_labelled(connection, EVERYTHING, codes=["A1"], most=2)) == 2
