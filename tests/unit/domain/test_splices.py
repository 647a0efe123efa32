"""Where the zone of a splice ends: at what was said, and never too early."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from aas_registry.domain.splices import Stretch, Zone, stretches, zone_end

AFTER = timedelta(microseconds=1)


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def uses(*hours, each=2):
    return [(at(hour), Decimal(each)) for hour in hours]


def test_a_zone_ends_at_the_time_that_was_said_and_never_before_it_began() -> None:
    assert zone_end(Zone(begins=at(10), until=at(12)), passes=(), uses=()) == at(12) + AFTER
    assert zone_end(Zone(begins=at(10), until=at(9)), passes=(), uses=()) == at(10)


def test_a_zone_of_which_nothing_is_said_is_open() -> None:
    assert zone_end(Zone(begins=at(10)), passes=(), uses=uses(11, 12)) is None


@pytest.mark.parametrize(
    ("passes", "end"),
    [
        ([(1, 9), (2, 11)], None),  # its last unit has not passed
        ([(1, 9), (2, 11), (3, 12), (4, 13)], at(12) + AFTER),
        ([(1, 9), (2, 11), (4, 13)], at(11) + AFTER),  # nobody saw unit 3
        ([(4, 11), (3, 12), (2, 13), (1, 14)], at(14) + AFTER),  # a magazine in reversed order
        ([(3, 8), (4, 9)], at(10)),  # its units were through before the splice
        ([], None),
    ],
)
def test_a_zone_ends_after_the_unit_of_the_run_that_was_said(passes, end) -> None:
    passed = [(number, at(hour)) for number, hour in passes]

    assert zone_end(Zone(begins=at(10), number=3), passes=passed, uses=()) == end


@pytest.mark.parametrize(
    ("pieces", "hours", "end"),
    [
        (4, (8, 9, 11), None),  # what was used before does not count
        (4, (11, 12, 13), at(12) + AFTER),
        (3, (11, 12, 13), at(12) + AFTER),
        (4, (12, 12, 12), at(12) + AFTER),  # one instant: nobody can tell them apart
        (0, (11,), at(10)),
    ],
)
def test_a_zone_ends_when_its_pieces_were_used(pieces, hours, end) -> None:
    zone = Zone(begins=at(10), pieces=Decimal(pieces))

    assert zone_end(zone, passes=(), uses=uses(*hours)) == end


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        ([], []),
        ([(10, None)], [("before", None, 10), ("within", 10, None)]),
        ([(10, 10)], [("before", None, 10), ("after", 10, None)]),
        (
            [(14, 15), (10, 12)],
            [
                ("before", None, 10),
                ("within", 10, 12),
                ("between", 12, 14),
                ("within", 14, 15),
                ("after", 15, None),
            ],
        ),
        (  # the next splice ends it
            [(10, None), (14, 15)],
            [("before", None, 10), ("within", 10, 14), ("within", 14, 15), ("after", 15, None)],
        ),
    ],
)
def test_zones_cut_the_time_of_a_label(zones, told) -> None:
    def hour(time):
        return None if time is None else at(time)

    cut = stretches((at(begins), hour(ends)) for begins, ends in zones)

    assert list(cut) == [Stretch(place, hour(begins), hour(ends)) for place, begins, ends in told]
