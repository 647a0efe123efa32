"""The plan of the demo's plant: of the promised size, the same every time, and consistent."""

from itertools import pairwise

import pytest

from aas_registry.demo.event_stream import events_by_day
from aas_registry.demo.planning import plan_plant
from aas_registry.demo.plant import LAST_DAY, Paper, Plant
from aas_registry.demo.scale import FULL, SMALL
from aas_registry.demo.stories import CRACKED_REASON


@pytest.fixture(scope="module")
def plant() -> Plant:
    return plan_plant(FULL)


def holders(plant: Plant, lot) -> set[str]:
    """Return the products with a board on which the lot was placed."""
    found = set()
    for order in plant.orders:
        product_of = {
            board: product
            for product, pair in zip(order.products, order.boards, strict=True)
            for board in pair
        }
        for run in order.runs:
            for feeding in run.feedings:
                if feeding.package.lot is lot:
                    found |= {product_of[unit] for unit in run.units[feeding.first - 1 : feeding.last]}
    return found


def test_has_the_size_that_is_promised(plant) -> None:
    boards = {board for order in plant.orders for pair in order.boards for board in pair}
    products = {product for order in plant.orders for product in order.products}

    assert (len(plant.suppliers), len(plant.lots), len(plant.packages)) == (12, 320, 2_100)
    assert (len(boards), len(products)) == (20_000, 10_000)
    assert 180 <= len(plant.shipments) <= 220
    assert len({(lot.part.mpn, lot.code) for lot in plant.lots}) == 320
    assert len({package.label for package in plant.packages}) == 2_100


def test_the_same_seed_gives_the_same_events() -> None:
    assert events_by_day(plan_plant(SMALL, seed=7)) == events_by_day(plan_plant(SMALL, seed=7))
    assert events_by_day(plan_plant(SMALL, seed=7)) != events_by_day(plan_plant(SMALL, seed=8))


def test_every_slot_is_fed_from_the_first_unit_to_the_last(plant) -> None:
    for run in (run for order in plant.orders for run in [*order.runs, order.assembly]):
        slots: dict[str, list[tuple[int, int]]] = {}
        for feeding in run.feedings:
            slots.setdefault(feeding.placement.slot, []).append((feeding.first, feeding.last))
        for ranges in slots.values():
            ranges.sort()
            assert ranges[0][0] == 1
            assert ranges[-1][1] == len(run.units)
            assert all(before[1] + 1 == after[0] for before, after in pairwise(ranges))


def test_no_package_gives_more_than_it_holds(plant) -> None:
    used = dict.fromkeys((package.label for package in plant.packages), 0)
    for run in (run for order in plant.orders for run in [*order.runs, order.assembly]):
        for feeding in run.feedings:
            units = feeding.last - feeding.first + 1
            used[feeding.package.label] += units * feeding.placement.quantity

    assert all(used[each.label] <= each.size for each in plant.packages)


def test_nothing_is_used_before_it_was_received(plant) -> None:
    opened = [package for package in plant.packages if package.opened_at is not None]

    assert len(opened) > 1_500
    assert all(package.opened_at > package.of_lot.deliveries[0].at for package in opened)


def test_the_cracked_lot_is_in_33_of_the_returned_products_and_in_no_other(plant) -> None:
    with_lot = holders(plant, plant.cracked)
    back = {each.product: each.reason for each in plant.returns}

    assert len(with_lot) < 1_000
    assert len(with_lot & back.keys()) == 33
    assert {product for product, reason in back.items() if reason == CRACKED_REASON} == with_lot & back.keys()
    assert len(back) > 33


def test_a_product_comes_back_after_it_left(plant) -> None:
    left = {product: shipment.at for shipment in plant.shipments for product in shipment.products}

    assert all(left[each.product] < each.at for each in plant.returns)
    assert max(each.at.date() for each in plant.returns) <= LAST_DAY


def test_a_splice_joins_two_lots_of_one_part(plant) -> None:
    assert len(plant.splices) == 6
    assert all(splice.before.part is splice.after.part for splice in plant.splices)
    assert all(splice.before.lot is not splice.after.lot for splice in plant.splices)
    runs = {run.id: run for order in plant.orders for run in order.runs}
    assert all(1 < splice.first < splice.last <= len(runs[splice.run].units) for splice in plant.splices)
    assert len({splice.run for splice in plant.splices}) == 6


@pytest.mark.parametrize("scale", [FULL, SMALL], ids=lambda scale: scale.name)
def test_one_certificate_is_altered_and_one_is_of_another_lot(scale) -> None:
    lots = plan_plant(scale).lots

    assert [lot.paper for lot in lots].count(Paper.ALTERED) == 1
    (exchanged,) = [lot for lot in lots if lot.paper is Paper.OTHER_LOT]
    assert exchanged.other is not None
    assert exchanged.other.code != exchanged.code
    assert exchanged.other.part.supplier == exchanged.part.supplier


@pytest.mark.parametrize("scale", [FULL, SMALL], ids=lambda scale: scale.name)
def test_a_label_is_printed_again_when_its_reel_is_used_up(scale) -> None:
    planned = plan_plant(scale)
    again = planned.reprint
    runs = (run for order in planned.orders for run in [*order.runs, order.assembly])
    used = [run.closed_at for run in runs if again.package in {each.package for each in run.feedings}]

    assert max(used) < again.at
    assert again.lot.part is again.package.part
    assert len({again.lot.code, again.package.of_lot.code, planned.cracked.code}) == 3
