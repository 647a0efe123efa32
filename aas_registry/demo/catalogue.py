"""Who delivers to the plant, what it buys, what it builds, and for whom: all invented."""

from dataclasses import dataclass
from enum import StrEnum

KERALIT, OHMNOVA, SILVERDEN, HINODE = "keralit", "ohmnova", "silverden", "hinode"


class PartUse(StrEnum):
    """How a part gets into a unit, which decides how sure the record of it is."""

    PLACED = "placed by a machine from a feeder"
    BARE_BOARD = "the bare board itself"
    PASTE = "printed from a jar, known by the set-up sheet only"
    ASSEMBLY = "mounted by hand, posted in bulk at the end of the order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of part that one supplier makes.

    Attributes:
        designation: What it is, in words.
        prefix: Start of every part number.
        values: What tells the parts of the family apart.
        designator: Letter of its reference designators.
        per_unit: Least and most pieces on one unit.
        package: Kind of the package it comes in.
        use: How it gets into a unit.
    """

    designation: str
    prefix: str
    values: tuple[str, ...]
    designator: str
    per_unit: tuple[int, int] = (1, 1)
    package: str = "reel"
    use: PartUse = PartUse.PLACED


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A company that delivers.

    Attributes:
        code: Short name; also its login's party and its folder.
        name: As it stands on certificates.
        country: ISO 3166 code of where it makes its parts.
        lot_code: Pattern of its lot codes: {w} calendar week, {n} running number.
        families: What it makes.
        signs: Whether its certificates are signed.
        is_pinned: Whether the plant pinned its CA.
        time_stamps: Whether its signatures carry an RFC 3161 time-stamp.
        delivers_for: Code of another maker for whom it is a distributor.
    """

    code: str
    name: str
    country: str
    lot_code: str
    families: tuple[Family, ...]
    signs: bool = True
    is_pinned: bool = True
    time_stamps: bool = False
    delivers_for: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A company for which the plant builds."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Design:
    """A product: its code, name, customer's code, and share of the plant's output."""

    code: str
    name: str
    customer: str
    share: int


CUSTOMERS = (
    Customer("helvion", "Helvion Medical AG"),
    Customer("norrbana", "Norrbana Signal AB"),
    Customer("alpenwerk", "Alpenwerk Antriebe GmbH"),
    Customer("kitamoto", "Kitamoto Instruments K.K."),
)
DESIGNS = (
    Design("DC40", "Door controller DC40", "norrbana", 26),
    Design("MP200", "Infusion pump controller MP200", "helvion", 20),
    Design("MD7", "Motor drive MD7", "alpenwerk", 22),
    Design("GW3", "Field gateway GW3", "kitamoto", 18),
    Design("CC11", "Charge controller CC11", "alpenwerk", 14),
)

_CAPACITORS = Family(
    designation="Ceramic capacitor",
    prefix="KC",
    values=(
        "1206-10U-25", "0402-100N-16", "0402-1U-10", "0402-10N-50", "0402-22P-50", "0402-4U7-6",
        "0603-100N-50", "0603-1U-25", "0603-2U2-16", "0603-10U-10", "0603-470P-50", "0805-1U-50",
        "0805-4U7-25", "0805-10U-16", "0805-22U-10", "1206-22U-16", "1206-4U7-50", "1206-1U-100",
        "1210-10U-50", "1210-47U-10", "0402-33P-50", "0402-1N-50", "0603-220N-25", "0805-100N-100",
    ),
    designator="C",
    per_unit=(1, 6),
)  # fmt: skip
_RESISTORS = Family(
    designation="Thick-film resistor",
    prefix="OR",
    values=(
        "0402-10K-1", "0402-1K-1", "0402-4K7-1", "0402-100R-1", "0402-0R", "0402-22R-1", "0402-47K-1",
        "0402-100K-1", "0402-1M-1", "0402-2K2-1", "0402-330R-1", "0402-33R-1", "0603-10K-1", "0603-1K-1",
        "0603-120R-1", "0603-0R", "0805-10R-5", "0805-1R-5", "1206-R100-1", "1206-R010-1", "2512-R005-1",
        "0402-15K-1", "0402-68K-1", "0603-220K-1",
    ),
    designator="R",
    per_unit=(1, 8),
)  # fmt: skip

SUPPLIERS = (
    Supplier(
        code=KERALIT,
        name="Keralit Kondensatoren GmbH",
        country="DE",
        lot_code="K{w}-{n:04d}",
        families=(_CAPACITORS,),
    ),
    Supplier(
        code=OHMNOVA,
        name="Ohmnova Resistors S.r.l.",
        country="IT",
        lot_code="0{w}{n:05d}",
        families=(_RESISTORS,),
    ),
    Supplier(
        code=SILVERDEN,
        name="Silverden Semiconductor Ltd",
        country="GB",
        lot_code="SD{n:05d}.{w}",
        families=(
            Family(
                designation="Microcontroller",
                prefix="SM32",
                values=("F103", "G071", "H745", "L431"),
                designator="U",
                package="tray",
            ),
            Family(
                designation="Integrated circuit",
                prefix="SA",
                values=("358", "4051", "2903", "485E", "1042", "7805", "1117", "2596", "24C64", "25Q32"),
                designator="U",
                per_unit=(1, 2),
            ),
        ),
        delivers_for="quarztal",
    ),
    Supplier(
        code="polarfet",
        name="Polarfet Power AB",
        country="SE",
        lot_code="PF{w}{n:04d}",
        families=(
            Family(
                designation="Power transistor",
                prefix="PM",
                values=("60N04", "80N06", "30P03", "100N10", "20N60"),
                designator="Q",
                per_unit=(1, 4),
            ),
            Family(
                designation="Diode",
                prefix="PD",
                values=("1N4148", "SS34", "SMBJ24", "BAT54", "ES1D"),
                designator="D",
                per_unit=(1, 4),
            ),
        ),
    ),
    Supplier(
        code=HINODE,
        name="Hinode Denshi K.K.",
        country="JP",
        lot_code="{w}A{n:04d}",
        families=(
            Family(
                designation="Connector",
                prefix="HC",
                values=("M12-4", "M12-8", "PH-2", "PH-4", "PH-6", "FFC-20", "USB-C", "RJ45", "TB-3", "TB-5"),
                designator="X",
                package="tape",
            ),
        ),
        delivers_for=OHMNOVA,
    ),
    Supplier(
        code="induktra",
        name="Induktra Oy",
        country="FI",
        lot_code="IN-{w}-{n:03d}",
        families=(
            Family(
                designation="Inductor",
                prefix="IL",
                values=("2U2-3A", "4U7-3A", "10U-2A", "22U-2A", "47U-1A", "100U-1A", "BEAD-600", "BEAD-120"),
                designator="L",
                per_unit=(1, 3),
            ),
        ),
    ),
    Supplier(
        code="quarztal",
        name="Quarztal Frequenztechnik GmbH",
        country="DE",
        lot_code="Q{n:06d}",
        time_stamps=True,
        families=(
            Family(
                designation="Quartz crystal",
                prefix="QT",
                values=("8M000", "16M000", "25M000", "32K768", "26M000"),
                designator="Y",
            ),
        ),
    ),
    Supplier(
        code="lumora",
        name="Lumora Optics B.V.",
        country="NL",
        lot_code="LM{w}/{n:03d}",
        families=(
            Family(
                designation="Light-emitting diode",
                prefix="LE",
                values=("GN-0603", "RD-0603", "YE-0603", "BU-0603"),
                designator="H",
                per_unit=(1, 3),
            ),
            Family(designation="Optocoupler", prefix="LO", values=("817", "3063"), designator="U"),
        ),
    ),
    Supplier(
        code="elkonde",
        name="Elkonde Electrolytics S.p.A.",
        country="IT",
        lot_code="EL{n:04d}-{w}",
        time_stamps=True,
        families=(
            Family(
                designation="Aluminium electrolytic capacitor",
                prefix="EK",
                values=("47U-35", "100U-35", "220U-35", "470U-16", "1000U-10", "10U-63", "330U-63"),
                designator="C",
                per_unit=(1, 2),
            ),
        ),
    ),
    Supplier(
        code="printara",
        name="Printara Boards Kft.",
        country="HU",
        lot_code="PB{w}-{n:03d}",
        families=(
            Family(
                designation="Printed circuit board",
                prefix="PCB-",
                values=tuple(f"{design.code}{side}" for design in DESIGNS for side in ("M", "P")),
                designator="PCB",
                package="bundle",
                use=PartUse.BARE_BOARD,
            ),
        ),
    ),
    Supplier(
        code="mecafix",
        name="Mecafix Stamping S.A.R.L.",
        country="FR",
        lot_code="MF{n:05d}",
        families=(
            Family(
                designation="Housing",
                prefix="MH-",
                values=tuple(design.code for design in DESIGNS),
                designator="MP",
                package="box",
                use=PartUse.ASSEMBLY,
            ),
            Family(
                designation="Screw",
                prefix="MS-",
                values=("M3X8", "M4X10", "GND-CLIP"),
                designator="MP",
                per_unit=(1, 4),
                package="bag",
                use=PartUse.ASSEMBLY,
            ),
        ),
        signs=False,
    ),
    Supplier(
        code="sotaran",
        name="Sotaran Solder Materials Inc.",
        country="US",
        lot_code="ST{w}{n:03d}",
        families=(
            Family(
                designation="Solder paste",
                prefix="SP-",
                values=("SAC305-T4", "SAC305-T5"),
                designator="-",
                package="jar",
                use=PartUse.PASTE,
            ),
        ),
        is_pinned=False,
    ),
)
