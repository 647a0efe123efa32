"""CFX messages about material: packages, and what of them went into units or was taken out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from aas_registry.domain.events import (
    Basis,
    Certainty,
    EventFact,
    Fed,
    LinkKind,
    LotName,
    PackageLinked,
    PackageStated,
    Removed,
    UnitsStated,
)
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.passes import SlotChanged, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.formats.events.cfx.parts import (
    CarrierLocation,
    CfxPart,
    Component,
    InUnit,
    Lines,
    Listed,
    MachineQuantity,
    MaterialPackage,
    MaybeText,
    OfTransaction,
    Visit,
    designators,
    slot_in,
    unit_in,
)
from aas_registry.formats.events.lines import others
from aas_registry.formats.events.values import Text


class _Installed(InUnit):
    quantity: MachineQuantity | None = Field(None, alias="QuantityInstalled")
    material: MaterialPackage = Field(alias="Material")
    location: CarrierLocation | None = Field(None, alias="CarrierLocation")
    components: Listed[Component] = Field([], alias="InstalledComponents")

    def is_used(self) -> bool:
        """Answer whether anything was installed: a line may only tell what was not."""
        return self.quantity != 0 or bool(self.components)

    def amount(self) -> tuple[Decimal | None, str | None]:
        """Return how much was installed, and in which unit of measure, where it says so."""
        return self.quantity or None, None

    def fed(self) -> Iterator[Fed]:
        """Yield the use; within a grey zone one for each package that it may be of."""
        packages = self.material.consumed()
        quantity, unit_of_measure = self.amount()
        is_sure = len(packages) == 1
        for package in packages:
            yield Fed(
                package=package,
                unit=self.name,
                slot=None if self.location is None else self.location.place,
                feeder=None if self.location is None else self.location.feeder,
                designators=designators(self.components),
                quantity_per_unit=quantity if is_sure else None,
                unit_of_measure=unit_of_measure if is_sure else None,
                basis=Basis.MACHINE,
                certainty=Certainty.EXACT if is_sure else Certainty.POSSIBLE,
                alternative_group=None if is_sure else self.material.identifier,
            )


class _Amount(CfxPart):
    value: MachineQuantity = Field(alias="Value")
    unit_of_measure: MaybeText = Field(None, alias="ValueUnits")


class _Applied(_Installed):
    applied: _Amount | None = Field(None, alias="QuantityApplied")

    def is_used(self) -> bool:
        """Answer whether anything was applied; no quantity is none that was measured."""
        return self.applied is None or self.applied.value != 0

    def amount(self) -> tuple[Decimal | None, str | None]:
        """Return how much was applied, and in which unit of measure, where it says so."""
        if self.applied is None:
            return super().amount()
        return self.applied.value, self.applied.unit_of_measure


class _UsedAtStation(OfTransaction):
    """Material was used on units at a station: a report of their pass."""

    def lines(self) -> Sequence[_Installed]:
        """Return what is told of each material in each unit."""
        raise NotImplementedError

    def facts(self) -> Iterator[EventFact]:
        """Yield the units, which a machine need not have announced, and their material."""
        yield from _uses(self.lines())
        yield from (LineUnread(units=unit_in(each)) for each in others(self.lines()))

    def station_facts(self, visit: Visit) -> Iterator[EventFact]:
        """Yield the pass, with the slots of which the message tells: also where nothing was used."""
        slots: defaultdict[Name, list[str]] = defaultdict(list)
        for each in self.lines():
            place = None if each.location is None else each.location.place
            slots[each.name] += [] if place is None else [place]
        if slots:
            yield UnitsPassed(
                units=tuple(slots),
                sequence=(visit.place,) * len(slots),
                station=visit.station,
                transaction=self.transaction,
                lane=self.lane,
                slots=tuple(map(tuple, slots.values())),
            )


class MaterialsInstalled(_UsedAtStation):
    """Parts were put on units."""

    materials: Lines[_Installed] = Field(alias="InstalledMaterials")

    def time(self) -> datetime | None:
        """Return when the first component was installed."""
        times = [
            each.installed_at
            for material in self.materials
            for each in material.components
            if each.installed_at is not None
        ]
        return min(times, default=None)

    def lines(self) -> Sequence[_Installed]:
        """Return what was installed, line by line."""
        return self.materials


class MaterialsApplied(_UsedAtStation):
    """Paste, glue, coating or the like was applied to units."""

    materials: Lines[_Applied] = Field(alias="AppliedMaterials")

    def lines(self) -> Sequence[_Installed]:
        """Return what was applied, line by line."""
        return self.materials


def _none_if_unnamed(value: Any) -> Any:
    named = value.get("UniqueIdentifier") if isinstance(value, Mapping) else value
    return None if named is None or named == "" else value


class _Uninstalled(InUnit):
    quantity: MachineQuantity | None = Field(None, alias="QuantityUninstalled")
    # "If known", says the standard.
    material: Annotated[MaterialPackage | None, BeforeValidator(_none_if_unnamed)] = Field(
        None, alias="Material"
    )
    components: Listed[Component] = Field([], alias="UninstalledComponents")

    def removed(self) -> Iterator[Removed]:
        """Yield what was taken out; nothing where no piece was."""
        places = designators(self.components)
        if places or self.quantity != 0:
            yield Removed(
                unit=self.name,
                package=None if self.material is None else self.material.name,
                designators=places,
                quantity=self.quantity or None,
            )

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.material is None and not designators(self.components) and self.quantity != 0:
            raise PydanticCustomError(
                "removed", "Say what was removed: 'Material' or 'UninstalledComponents'."
            )
        return self


class MaterialsUninstalled(CfxPart):
    """Parts were taken off units."""

    materials: Lines[_Uninstalled] = Field(alias="UninstalledMaterials")

    def facts(self) -> Iterator[EventFact]:
        """Yield what was taken out of which unit."""
        for each in self.materials:
            yield from each.removed()
        yield from (LineUnread(brings=False, units=unit_in(each)) for each in others(self.materials))


class MaterialsUnapplied(MaterialsUninstalled):
    """What was applied to units was wiped off."""

    materials: Lines[_Uninstalled] = Field(alias="UnappliedMaterials")


class _NewPackage(CfxPart):
    identifier: Text = Field(alias="UniqueIdentifier")
    internal_part_number: MaybeText = Field(None, alias="InternalPartNumber")
    manufacturer: MaybeText = Field(None, alias="Manufacturer")
    mpn: MaybeText = Field(None, alias="ManufacturerPartNumber")
    # The first versions of the standard misspell the member.
    lot_code: MaybeText = Field(
        None, validation_alias=AliasChoices("ManufacturerLotCode", "ManufacuterLotCode")
    )
    initial_quantity: MachineQuantity | None = Field(None, alias="InitialQuantity")
    quantity: MachineQuantity | None = Field(None, alias="Quantity")
    unit_of_measure: MaybeText = Field(None, alias="Units")

    def stated(self) -> PackageStated:
        """Return the package, with its lot where all three parts of its name are given."""
        label = self.initial_quantity or self.quantity
        lots: tuple[LotName, ...] = ()
        if self.manufacturer is not None and self.mpn is not None and self.lot_code is not None:
            lots = (LotName(manufacturer=self.manufacturer, mpn=self.mpn, lot_code=self.lot_code),)
        return PackageStated(
            package=Name(Scheme.PACKAGE, self.identifier),
            internal_part_number=self.internal_part_number,
            lots=lots,
            basis=Basis.MACHINE,
            quantities=() if label is None else (("label", label),),
            unit_of_measure=self.unit_of_measure,
        )


class MaterialsInitialized(CfxPart):
    """Packages came into the plant."""

    materials: Lines[_NewPackage] = Field(alias="Materials")

    def facts(self) -> Iterator[EventFact]:
        """Yield the packages, with their lots where these are named whole."""
        return (each.stated() for each in self.materials)


class _Loaded(CarrierLocation):
    package: MaterialPackage = Field(alias="MaterialPackage")


class MaterialsLoaded(CfxPart):
    """Packages were loaded into slots of a station, or on carriers that are in none yet."""

    materials: Lines[_Loaded] = Field(alias="Materials")

    def station_facts(self, visit: Visit) -> Iterator[EventFact]:
        """Yield what the slots hold from now on."""
        for each in self.materials:
            if each.place is not None:
                package = each.package.consumed()[-1]
                yield SlotChanged(station=visit.station, slot=each.place, package=package)
        yield from (LineUnread(station=visit.station, slot=slot_in(each)) for each in others(self.materials))


class MaterialsUnloaded(CfxPart):
    """Packages were taken out of the slots of a station that held them."""

    packages: Lines[Text] = Field(alias="MaterialPackageIdentifiers")

    def station_facts(self, visit: Visit) -> Iterator[EventFact]:
        """Yield that whichever slot held them holds nothing from now on."""
        for each in self.packages:
            yield SlotChanged(station=visit.station, package=Name(Scheme.PACKAGE, each))


class MaterialsJoined(CfxPart):
    """A package was spliced to another, which may be a chain itself and goes on by its own label."""

    leading: MaterialPackage = Field(alias="LeadingMaterialPackage")
    trailing: MaterialPackage = Field(alias="TrailingMaterialPackage")

    def facts(self) -> Iterator[EventFact]:
        """Yield the splice: nobody says with which unit its zone ends."""
        parent, child = self.trailing.name, self.leading.name
        if parent.key != child.key:
            yield PackageLinked(
                parent=parent, child=child, kind=LinkKind.SPLICE, certainty=Certainty.POSSIBLE
            )


class MaterialsSplit(CfxPart):
    """A package was divided.

    Version 1.0.5 of the SDK has two structures where later ones have their members.
    """

    source: Text = Field(
        validation_alias=AliasChoices(
            "SourceMaterialPackageIdentifier", AliasPath("OriginalMaterialPackage", "UniqueIdentifier")
        )
    )
    new: Text = Field(
        validation_alias=AliasChoices(
            "NewMaterialPackageIdentifier", AliasPath("NewMaterialPackage", "UniqueIdentifier")
        )
    )
    quantity: MachineQuantity | None = Field(
        None,
        validation_alias=AliasChoices(
            "NewMaterialPackageQuantity", AliasPath("NewMaterialPackage", "Quantity")
        ),
    )

    def facts(self) -> Iterator[EventFact]:
        """Yield the link between the two packages."""
        yield PackageLinked(
            parent=Name(Scheme.PACKAGE, self.source),
            child=Name(Scheme.PACKAGE, self.new),
            kind=LinkKind.SPLIT,
            quantity=self.quantity or None,
        )


def _uses(materials: Sequence[_Installed]) -> Iterator[EventFact]:
    units = dict.fromkeys(each.name for each in materials)
    if units:
        yield UnitsStated(units=tuple((unit,) for unit in units), kind="board")
    for each in materials:
        if each.is_used():
            yield from each.fed()
