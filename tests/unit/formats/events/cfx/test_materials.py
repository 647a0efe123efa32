"""What CFX says of packages, and of their material in units."""

from decimal import Decimal

import pytest
from cfx_samples import (
    JOINED,
    LINES,
    PASTE,
    REEL,
    SPLIT,
    TAIL,
    component,
    detail,
    installed,
    package,
    place,
    understood,
    uninstalled,
)

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.events import (
    Certainty,
    Fed,
    LinkKind,
    LotName,
    PackageLinked,
    PackageStated,
    Removed,
    UnitsStated,
)
from aas_registry.domain.items import Name, Scheme, panel_position
from aas_registry.domain.unread_lines import LineUnread


def label(value):
    return Name(Scheme.PACKAGE, value)


def said_of(*lines):
    return understood({"InstalledMaterials": list(lines)}, "MaterialsInstalled").facts


def test_installed_material_is_fed_to_the_unit_at_its_position() -> None:
    stated, fed = said_of(installed(QuantityInstalled=0.30000000000000004))

    assert isinstance(stated, UnitsStated)
    assert isinstance(fed, Fed)
    assert (fed.unit, fed.package) == (panel_position("PNL-3", 1), label(REEL))
    assert stated.units == ((fed.unit,),)
    assert (fed.designators, fed.quantity_per_unit) == (("C1", "C2"), Decimal("0.3"))
    assert (fed.slot, fed.feeder, fed.certainty) == ("SLOT31", "FDR-31", Certainty.EXACT)


def test_a_slot_without_a_name_goes_by_its_id() -> None:
    _, fed = said_of(installed(CarrierLocation=place(LocationName=None)))

    assert isinstance(fed, Fed)
    assert fed.slot == "L-31"


def test_an_identifier_without_a_position_is_a_serial() -> None:
    for position in (None, 0):
        _, fed = said_of(installed("BRD-1", position))
        assert isinstance(fed, Fed)
        assert fed.unit == Name(Scheme.SERIAL, "BRD-1")


def test_a_list_of_components_that_is_null_is_an_empty_one() -> None:
    _, fed = said_of(installed(InstalledComponents=None))

    assert isinstance(fed, Fed)
    assert (fed.designators, fed.quantity_per_unit) == ((), Decimal(2))


def test_a_line_that_only_tells_what_was_not_installed_states_no_use() -> None:
    missed = installed(
        QuantityInstalled=0.0,
        QuantityNonInstalled=1.0,
        InstalledComponents=[],
        NonInstalledComponents=[{"ReferenceDesignator": "C1"}],
    )

    assert [type(each) for each in said_of(missed)] == [UnitsStated]


def test_a_quantity_that_was_never_set_is_none_where_components_are_told() -> None:
    _, fed = said_of(installed(QuantityInstalled=0.0))

    assert isinstance(fed, Fed)
    assert (fed.designators, fed.quantity_per_unit) == (("C1", "C2"), None)


@pytest.mark.parametrize("spelling", ["LeadingMaterialPackage", "SplicedMaterialPackage"])
def test_of_spliced_packages_the_one_that_is_consumed_is_used(spelling) -> None:
    chain = package(TAIL, GreyZone=0.0, **{spelling: package(REEL, GreyZone=0.0, **{spelling: None})})

    _, fed = said_of(installed(Material=chain))

    assert isinstance(fed, Fed)
    assert (fed.package, fed.certainty, fed.quantity_per_unit) == (label(REEL), Certainty.EXACT, Decimal(2))


def test_within_a_grey_zone_either_package_is_possible_and_no_piece_counts_twice() -> None:
    chain = package(
        "REEL-9", LeadingMaterialPackage=package(TAIL, GreyZone=10.0, LeadingMaterialPackage=package())
    )

    _, *fed = said_of(installed(Material=chain))

    assert [
        (each.package, each.certainty, each.quantity_per_unit) for each in fed if isinstance(each, Fed)
    ] == [
        (label(TAIL), Certainty.POSSIBLE, None),
        (label(REEL), Certainty.POSSIBLE, None),
    ]
    assert {each.alternative_group for each in fed if isinstance(each, Fed)} == {"REEL-9"}


def test_a_negative_installation_names_the_reversal() -> None:
    with pytest.raises(RefusedError) as refused:
        said_of(installed(QuantityInstalled=-1))

    assert refused.value.code is Code.EVENT_QUANTITY_NEGATIVE
    assert refused.value.findings[0].path == "InstalledMaterials[0].QuantityInstalled"


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({"Value": 3.25, "ValueUnits": "g"}, (Decimal("3.25"), "g")),
        (None, (Decimal(2), None)),
    ],
)
def test_what_was_applied_is_in_the_unit_with_its_measure(measured, expected) -> None:
    line = installed(Material=package(PASTE), InstalledComponents=[], QuantityApplied=measured)

    _, fed = understood({"AppliedMaterials": [line]}, "MaterialsApplied").facts

    assert isinstance(fed, Fed)
    assert (fed.quantity_per_unit, fed.unit_of_measure) == expected


def test_an_amount_of_nothing_was_not_applied() -> None:
    line = installed(QuantityApplied={"Value": 0.0, "ValueUnits": "g"}, InstalledComponents=[])

    said = understood({"AppliedMaterials": [line]}, "MaterialsApplied").facts

    assert [type(each) for each in said] == [UnitsStated]


def test_uninstalled_material_is_a_removal() -> None:
    (said,) = understood({"UninstalledMaterials": [uninstalled()]}, "MaterialsUninstalled").facts

    assert isinstance(said, Removed)
    assert (said.unit, said.package) == (panel_position("PNL-3", 1), label(REEL))
    assert (said.designators, said.quantity) == (("C2",), Decimal(1))


@pytest.mark.parametrize("material", [None, package(None)])
def test_what_was_taken_off_need_not_be_known_where_it_was(material) -> None:
    (said,) = understood(
        {"UninstalledMaterials": [uninstalled(Material=material)]}, "MaterialsUninstalled"
    ).facts

    assert isinstance(said, Removed)
    assert (said.package, said.designators) == (None, ("C2",))


def test_a_removal_of_nothing_states_nothing_and_one_of_who_knows_what_is_no_line() -> None:
    none = uninstalled(QuantityUninstalled=0.0, UninstalledComponents=[])
    unknown = uninstalled(Material=None, UninstalledComponents=[component(None)])

    said = understood({"UninstalledMaterials": [none, unknown]}, "MaterialsUninstalled")

    assert said.facts == (LineUnread(brings=False, units=(panel_position("PNL-3", 1),)),)
    assert [each.path for each in said.findings] == ["UninstalledMaterials[1]"]


def test_what_is_wiped_off_is_a_removal_of_the_package() -> None:
    members, line = LINES["CFX.Production.Application.MaterialsUnapplied"]

    (said,) = understood({members: [line]}, "MaterialsUnapplied").facts

    assert isinstance(said, Removed)
    assert (said.package, said.designators, said.quantity) == (label(REEL), (), Decimal("3.25"))


@pytest.mark.parametrize("spelling", ["ManufacturerLotCode", "ManufacuterLotCode"])
def test_both_spellings_of_the_lot_code_are_read(spelling) -> None:
    spelled = {key: value for key, value in detail().items() if key != "ManufacturerLotCode"} | {
        spelling: "L-1"
    }

    (said,) = understood({"Materials": [spelled]}, "MaterialsInitialized").facts

    assert isinstance(said, PackageStated)
    assert said.lots == (LotName(manufacturer="Bolt", mpn="BZX84", lot_code="L-1"),)
    assert said.quantities == (("label", Decimal(5000)),)


def test_a_package_without_a_whole_lot_name_has_no_lot() -> None:
    (said,) = understood({"Materials": [detail(Manufacturer="")]}, "MaterialsInitialized").facts

    assert isinstance(said, PackageStated)
    assert said.lots == ()


def test_a_package_that_is_joined_to_another_is_spliced_to_it() -> None:
    (said,) = understood(JOINED, "CFX.Materials.Management.MaterialsJoined").facts

    assert said == PackageLinked(
        parent=label(TAIL), child=label(REEL), kind=LinkKind.SPLICE, certainty=Certainty.POSSIBLE
    )


def test_a_package_is_joined_to_no_other_by_its_own_name() -> None:
    body = JOINED | {"TrailingMaterialPackage": package()}

    assert understood(body, "CFX.Materials.Management.MaterialsJoined").facts == ()


@pytest.mark.parametrize(
    "body",
    [
        SPLIT,
        {
            "OriginalMaterialPackage": package(REEL, Quantity=-4),
            "NewMaterialPackage": package("REEL-9", Quantity=1000.0),
        },
    ],
)
def test_a_split_links_the_new_package_to_the_source(body) -> None:
    (said,) = understood(body, "CFX.Materials.Management.MaterialsSplit").facts

    assert said == PackageLinked(
        parent=label(REEL), child=label("REEL-9"), kind=LinkKind.SPLIT, quantity=Decimal(1000)
    )
