"""How large the seeded plant is: the full one, and a small one for tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Counts of what is seeded.

    Attributes:
        name: Stands in the seed, so that the two plants share no number by chance.
        suppliers: How many of the catalogue's suppliers deliver.
        parts_each: Most parts that one supplier delivers.
        lots: Lots in all.
        packages: Reels, trays, jars and boxes in all.
        designs: How many of the catalogue's products are built.
        products: Products built in all; each holds two boards.
        rounds: How often each product is built.
        shipment_units: Products in one shipment.
        story_returns: Returned products that hold the cracked-capacitor lot.
        other_returns: Returned products that do not.
        splices: Splices that crossed from one lot to another.
        splits: Reels that were divided before use.
        reworks: Boards on which a part was replaced.
        desks: Processes that upload; 0: this one does it.
    """

    name: str
    suppliers: int
    parts_each: int
    lots: int
    packages: int
    designs: int
    products: int
    rounds: int
    shipment_units: int
    story_returns: int
    other_returns: int
    splices: int
    splits: int
    reworks: int
    desks: int


FULL = Scale(
    name="full",
    suppliers=12,
    parts_each=24,
    lots=320,
    packages=2_100,
    designs=5,
    products=10_000,
    rounds=6,
    shipment_units=52,
    story_returns=33,
    other_returns=24,
    splices=6,
    splits=5,
    reworks=120,
    desks=2,
)
SMALL = Scale(
    name="small",
    suppliers=2,
    parts_each=2,
    lots=6,
    packages=28,
    designs=1,
    products=20,
    rounds=1,
    shipment_units=5,
    story_returns=3,
    other_returns=1,
    splices=1,
    splits=1,
    reworks=2,
    desks=0,
)
