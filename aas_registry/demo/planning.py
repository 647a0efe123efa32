"""The plan of the seeded plant: the same seed gives the same plant, to the last serial number."""

from random import Random

from aas_registry.demo import stories
from aas_registry.demo.catalogue import CUSTOMERS, SUPPLIERS
from aas_registry.demo.plant import Plant
from aas_registry.demo.production import Bench, parts_of, plan_orders
from aas_registry.demo.scale import Scale
from aas_registry.demo.supply import plan_lots, stock_up

SEED = 16


def plan_plant(scale: Scale, *, seed: int = SEED) -> Plant:
    """Return everything that is seeded.

    Args:
        scale: How large the plant is.
        seed: Another seed gives another plant of the same size.
    """
    random = Random(f"{seed} {scale.name}")  # noqa: S311 - a story is told, no secret is made
    suppliers = SUPPLIERS[: scale.suppliers]
    parts = parts_of(suppliers, most_each=scale.parts_each)
    bench = Bench(scale, random)
    orders = plan_orders(bench, parts)
    packages = stock_up(bench.opened, parts, bench.sizes, total=scale.packages)
    lots = plan_lots(packages, suppliers, scale=scale, random=random)
    plant = Plant(suppliers=suppliers, customers=CUSTOMERS, lots=lots, packages=packages, orders=orders)
    stories.ship(plant, scale)
    stories.splice_reels(plant, scale)
    stories.split_reels(plant, scale, random)
    stories.fail_and_repair(plant, scale, random)
    stories.return_products(plant, scale, random)
    stories.spoil_papers(plant, random)
    stories.reprint_label(plant)
    stories.hold_back(plant)
    return plant
