"""IPC-2591 CFX messages as events: what machines on a line report.

Messages come in an envelope (MessageName, UniqueID, TimeStamp, Source, MessageBody), or as
a bare body whose name the request gives; a bare body's id is its digest, and its time is
the time of receipt where it gives none. Members that are not needed here are left alone:
the versions of the standard add and rename many.

A unit is ``UnitIdentifier`` with ``UnitPositionNumber`` where there is one: the identifier
may be a panel or carrier that holds several units.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.events import (
    Basis,
    Event,
    EventFact,
    Fed,
    LinkKind,
    LotName,
    PackageLinked,
    PackageStated,
    Removed,
    UnitsStated,
)
from aas_registry.domain.findings import error
from aas_registry.domain.items import Name, Scheme, panel_position
from aas_registry.formats.events.values import Designator, Position, Quantity, Text, Time, zone_minutes

_MOST = 10_000
# What the envelope of one message has, though another says the same.
PER_MESSAGE = frozenset({"UniqueID", "Target", "RequestID"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    def facts(self) -> Iterator[EventFact]:
        """Yield what the message says; some say nothing that is projected, and are kept."""
        return iter(())

    def time(self) -> datetime | None:
        """Return the time that the body itself gives."""
        return None


def _machine_quantity(value: Any) -> Any:
    # Machines count in binary floating point; beyond millionths there is only noise.
    return round(value, 6) if isinstance(value, float) and isfinite(value) else value


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _none_if_zero(value: Any) -> Any:
    return None if value == 0 else value


MaybeText = Annotated[Text | None, BeforeValidator(_none_if_blank)]
MachineQuantity = Annotated[Quantity, BeforeValidator(_machine_quantity)]
MaybePosition = Annotated[Position | None, BeforeValidator(_none_if_zero)]


class _Envelope(_Part):
    message: Text = Field(alias="MessageName")
    unique_id: Text = Field(alias="UniqueID")
    sent_time: Time | None = Field(None, alias="TimeStamp")
    source: MaybeText = Field(None, alias="Source")
    body: dict[str, Any] = Field(alias="MessageBody")


class _Component(_Part):
    designator: Annotated[Designator | None, BeforeValidator(_none_if_blank)] = Field(
        None, alias="ReferenceDesignator"
    )
    installed_at: Time | None = Field(None, alias="InstallationTime")


class _Material(_Part):
    identifier: Text = Field(alias="UniqueIdentifier")
    internal_part_number: MaybeText = Field(None, alias="InternalPartNumber")

    @property
    def name(self) -> Name:
        """Return the package's name."""
        return Name(Scheme.PACKAGE, self.identifier)


class _MaterialDetail(_Material):
    manufacturer: MaybeText = Field(None, alias="Manufacturer")
    mpn: MaybeText = Field(None, alias="ManufacturerPartNumber")
    # Version 1 of the standard misspells the member.
    lot_code: MaybeText = Field(
        None, validation_alias=AliasChoices("ManufacturerLotCode", "ManufacuterLotCode")
    )
    initial_quantity: MachineQuantity | None = Field(None, alias="InitialQuantity")
    quantity: MachineQuantity | None = Field(None, alias="Quantity")
    unit_of_measure: MaybeText = Field(None, alias="Units")

    def lots(self) -> tuple[LotName, ...]:
        """Return the lot, where all three parts of its name are given."""
        if self.manufacturer is None or self.mpn is None or self.lot_code is None:
            return ()
        return (LotName(manufacturer=self.manufacturer, mpn=self.mpn, lot_code=self.lot_code),)


class _Carrier(_Part):
    identifier: MaybeText = Field(None, alias="UniqueIdentifier")


class _Location(_Part):
    name: MaybeText = Field(None, alias="LocationName")
    carrier: _Carrier | None = Field(None, alias="CarrierInformation")

    @property
    def feeder(self) -> str | None:
        """Return the id of the feeder, where one is named."""
        return None if self.carrier is None else self.carrier.identifier


class _InUnit(_Part):
    unit: Text = Field(alias="UnitIdentifier")
    position: MaybePosition = Field(
        None, validation_alias=AliasChoices("UnitPositionNumber", "PositionNumber")
    )

    @property
    def name(self) -> Name:
        """Return the unit's name."""
        return _unit_name(self.unit, self.position)


class _Installed(_InUnit):
    quantity: MachineQuantity | None = Field(None, alias="QuantityInstalled")
    material: _Material = Field(alias="Material")
    location: _Location | None = Field(None, alias="CarrierLocation")
    components: list[_Component] = Field([], alias="InstalledComponents", max_length=_MOST)


class _Uninstalled(_InUnit):
    quantity: MachineQuantity | None = Field(None, alias="QuantityUninstalled")
    material: _Material = Field(alias="Material")
    reason: Text | None = Field(None, alias="Reason", coerce_numbers_to_str=True)
    components: list[_Component] = Field([], alias="UninstalledComponents", max_length=_MOST)


class _MaterialsInstalled(_Part):
    materials: list[_Installed] = Field(alias="InstalledMaterials", max_length=_MOST)

    def time(self) -> datetime | None:
        """Return when the first component was installed."""
        times = [
            each.installed_at
            for material in self.materials
            for each in material.components
            if each.installed_at is not None
        ]
        return min(times, default=None)

    def facts(self) -> Iterator[EventFact]:
        """Yield the units, which a machine need not have announced, and their material."""
        units = dict.fromkeys(each.name for each in self.materials)
        if units:
            yield UnitsStated(units=tuple((unit,) for unit in units))
        for each in self.materials:
            yield Fed(
                package=each.material.name,
                unit=each.name,
                slot=None if each.location is None else each.location.name,
                feeder=None if each.location is None else each.location.feeder,
                designators=_designators(each.components),
                quantity_per_unit=each.quantity,
                basis=Basis.MACHINE,
            )


class _MaterialsUninstalled(_Part):
    materials: list[_Uninstalled] = Field(alias="UninstalledMaterials", max_length=_MOST)

    def facts(self) -> Iterator[EventFact]:
        """Yield what was taken out of which unit."""
        for each in self.materials:
            yield Removed(
                unit=each.name,
                package=each.material.name,
                designators=_designators(each.components),
                quantity=each.quantity,
                reason=each.reason,
            )


class _Units(_Part):
    primary: MaybeText = Field(None, alias="PrimaryIdentifier")
    units: list[_InUnit] = Field([], alias="Units", max_length=_MOST)

    def facts(self) -> Iterator[EventFact]:
        """Yield the units with every name under which machines may report on them."""
        shared = Counter(each.unit for each in self.units)
        named = tuple(tuple(self._names(each, alone=shared[each.unit] == 1)) for each in self.units)
        if named:
            yield UnitsStated(units=named)

    def _names(self, unit: _InUnit, *, alone: bool) -> Iterator[Name]:
        if alone:
            yield Name(Scheme.SERIAL, unit.unit)
        if unit.position is not None:
            yield _unit_name(unit.unit, unit.position)
            if self.primary not in {None, unit.unit}:
                yield _unit_name(str(self.primary), unit.position)
        elif not alone:
            yield Name(Scheme.SERIAL, unit.unit)


class _MaterialsInitialized(_Part):
    materials: list[_MaterialDetail] = Field(alias="Materials", max_length=_MOST)

    def facts(self) -> Iterator[EventFact]:
        """Yield the packages, with their lots where these are named whole."""
        for each in self.materials:
            label = each.initial_quantity or each.quantity
            yield PackageStated(
                package=each.name,
                internal_part_number=each.internal_part_number,
                lots=each.lots(),
                basis=Basis.MACHINE,
                quantities=() if label is None else (("label", label),),
                unit_of_measure=each.unit_of_measure,
            )


class _NewPackage(_Material):
    quantity: MachineQuantity | None = Field(None, alias="Quantity")


class _MaterialsSplit(_Part):
    original: _Material = Field(alias="OriginalMaterialPackage")
    new: _NewPackage = Field(alias="NewMaterialPackage")

    def facts(self) -> Iterator[EventFact]:
        """Yield the link between the two packages."""
        yield PackageLinked(
            parent=self.original.name,
            child=self.new.name,
            kind=LinkKind.SPLIT,
            quantity=self.new.quantity,
        )


class _WorkCompleted(_Part):
    transaction: Text = Field(validation_alias=AliasChoices("TransactionID", "TransactionId"))


_BODIES: dict[str, type[_Part]] = {
    "CFX.Production.Assembly.MaterialsInstalled": _MaterialsInstalled,
    "CFX.Production.Assembly.MaterialsUninstalled": _MaterialsUninstalled,
    "CFX.Production.UnitsInitialized": _Units,
    "CFX.Production.WorkStarted": _Units,
    "CFX.Production.WorkCompleted": _WorkCompleted,
    "CFX.Materials.Management.MaterialsInitialized": _MaterialsInitialized,
    "CFX.Materials.Management.MaterialsSplit": _MaterialsSplit,
}
_SHORT = {name.rpartition(".")[2]: name for name in _BODIES}


def is_enveloped(value: Mapping[str, Any]) -> bool:
    """Return whether an object is a CFX envelope."""
    return "MessageName" in value and "MessageBody" in value


def translate(value: dict[str, Any], body: bytes, *, message: str | None, received_at: datetime) -> Event:
    """Return what a CFX message says.

    Args:
        value: The envelope, or a bare body.
        body: The canonical bytes of ``value``.
        message: Name of the message of a bare body, such as
            ``CFX.Production.Assembly.MaterialsInstalled``; its last part is enough.
        received_at: Time of receipt; the time of happening where the message says none.

    Raises:
        RefusedError: The message is none of those that are taken.
        pydantic.ValidationError: A member that is needed is missing or of the wrong form.

    Source:
        IPC-2591, CFX message structures.
    """
    if is_enveloped(value):
        envelope = _Envelope.model_validate(value)
        name = _known(envelope.message, "MessageName")
        said = _BODIES[name].model_validate(envelope.body)
        return _event(said, envelope.unique_id, name, envelope.sent_time, envelope.source, received_at)
    name = _known(message or "", "message")
    said = _BODIES[name].model_validate(value)
    return _event(said, f"sha256:{digest_of(body)}", name, None, None, received_at)


def _event(
    said: _Part, event_id: str, name: str, time: datetime | None, source: str | None, received_at: datetime
) -> Event:
    given = said.time() if time is None else time
    happened_at = received_at if given is None else given
    return Event(
        event_id=event_id,
        type=name,
        happened_at=happened_at,
        zone_minutes=zone_minutes(happened_at),
        time_given=given is not None,
        source=source,
        facts=tuple(said.facts()),
    )


def _known(message: str, place: str) -> str:
    name = _SHORT.get(message, message)
    if name not in _BODIES:
        known = ", ".join(_BODIES)
        raise RefusedError(
            error(Code.EVENT_TYPE_UNKNOWN, f"The CFX message is none of: {known}.", path=place)
        )
    return name


def _unit_name(identifier: str, position: int | None) -> Name:
    if position is None:
        return Name(Scheme.SERIAL, identifier)
    return panel_position(identifier, position)


def _designators(components: Sequence[_Component]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.designator for each in components if each.designator is not None))
