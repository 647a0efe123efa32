"""Our own vocabulary: events of material — receipts, packages, and what of them went where."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from aas_registry.domain.events import (
    Action,
    Basis,
    Certainty,
    EventFact,
    Fed,
    LinkKind,
    Moved,
    PackageLinked,
    PackageStated,
    ReceiptStated,
    Removed,
)
from aas_registry.domain.passes import SlotChanged
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.formats.events.base import EventBase, EventWithRun, RunRef
from aas_registry.formats.events.lines import others, read_lines
from aas_registry.formats.events.values import (
    LARGEST_QUANTITY,
    Designators,
    EventModel,
    LongText,
    Lots,
    PackageRef,
    Quantity,
    ReceiptRef,
    Sequence,
    Text,
    Time,
    UnitRef,
    UsedQuantity,
    party_name,
    receipt_name,
    station_name,
)

_CERTAINTY = {"exact": Certainty.EXACT, "possible": Certainty.POSSIBLE, "assumed": Certainty.ASSUMED}
CertaintyText = Literal["exact", "possible", "assumed"]
_ASSUMING = {Basis.SETUP, Basis.BACKFLUSH}


class ReceiptEvent(EventBase):
    """A line of a delivery note arrived."""

    type: Literal["receipt"]
    delivery_note: Text
    line: Text | None = None
    sender: Text | None = Field(None, alias="from", description="Code or name of the party that delivered.")
    owner: Text | None = Field(None, description="Whose stock it is, where it is consigned.")
    lots: Lots = Field(default=[])
    counted: Quantity | None = None
    unit_of_measure: Text | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield ReceiptStated(
            receipt=receipt_name(self.delivery_note, self.line, self.sender),
            delivery_note=self.delivery_note,
            line=self.line,
            source=party_name(self.sender),
            owner=party_name(self.owner),
            lots=tuple(each.lot for each in self.lots),
            counted=self.counted,
            unit_of_measure=self.unit_of_measure,
        )


class PackageCreated(EventBase):
    """A package (reel, tray, tube) with its lot, or with several in unknown order."""

    type: Literal["packageCreated"]
    package: PackageRef
    kind: Text | None = Field(None, description="reel, tray, tube, bag, …")
    internal_part_number: Text | None = None
    date_code: Text | None = Field(None, description="As printed on the package: year and week, as 2541.")
    receipt: ReceiptRef | None = None
    lots: Lots = Field(default=[])
    basis: Basis = Basis.MANUAL
    quantity: Quantity | None = Field(None, description="As the label says.")
    counted: Quantity | None = None
    unit_of_measure: Text | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        given = (("label", self.quantity), ("counted", self.counted))
        if self.receipt is not None:
            yield self.receipt.stated()
        yield PackageStated(
            package=self.package.name,
            kind=self.kind,
            internal_part_number=self.internal_part_number,
            date_code=self.date_code,
            receipt=None if self.receipt is None else self.receipt.name,
            lots=tuple(each.lot for each in self.lots),
            has_unread=bool(others(self.lots)),
            certainty=Certainty.POSSIBLE if len(self.lots) + len(others(self.lots)) > 1 else Certainty.EXACT,
            basis=self.basis,
            quantities=tuple((kind, amount) for kind, amount in given if amount is not None),
            unit_of_measure=self.unit_of_measure,
        )


class _Portion(EventModel):
    package: PackageRef
    quantity: Quantity | None = None


_Portions = Annotated[list[_Portion], Field(min_length=1, max_length=1000), WrapValidator(read_lines)]


class Split(EventBase):
    """A package was divided; the new packages hold what it held."""

    type: Literal["split"]
    package: PackageRef
    into: _Portions
    unit_of_measure: Text | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        for portion in self.into:
            yield PackageLinked(
                parent=self.package.name,
                child=portion.package.name,
                kind=LinkKind.SPLIT,
                quantity=portion.quantity,
                unit_of_measure=self.unit_of_measure,
            )
        yield from (LineUnread(package=self.package.name) for _ in others(self.into))


class SpliceZone(EventModel):
    """Where the zone of a splice ends: with a unit of a run, or at a time."""

    run: RunRef | None = None
    sequence_to: Sequence | None = Field(None, description="The last unit of the run that may hold either.")
    until: Time | None = None

    @model_validator(mode="after")
    def _says_one_end(self) -> Self:
        by_number = self.run is not None and self.sequence_to is not None
        if by_number == (self.until is not None) or (self.run is None) != (self.sequence_to is None):
            raise PydanticCustomError("zone", "A zone ends with 'run' and 'sequenceTo', or at 'until'.")
        return self


class Merged(EventBase):
    """Packages were put together: the result may hold each. Or one was spliced onto a running label."""

    type: Literal["merged"]
    packages: _Portions
    into: PackageRef
    how: Literal["merge", "splice"] = "merge"
    grey_zone: Quantity | None = Field(
        None, description="Pieces used by the label since the splice that may be of either reel."
    )
    zone: SpliceZone | None = Field(
        None, description="Where the splice's zone ends; comes before `greyZone`."
    )
    unit_of_measure: Text | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        zone = self.zone or SpliceZone.model_construct()
        # Several that were joined under a label of their own are merged: nobody said which ran first.
        joined = [each for each in self.packages if each.package.name.key != self.into.name.key]
        unread = others(self.packages)
        how = LinkKind(self.how) if len(joined) + len(unread) == 1 else LinkKind.MERGE
        if zone.run is not None and zone.run.model_fields_set != {"id"}:
            yield zone.run.stated()
        came = [(each.package.name, each.quantity) for each in self.packages]
        for parent, quantity in (*came, *((None, None) for _ in unread)):
            yield PackageLinked(
                parent=parent,
                child=self.into.name,
                kind=how,
                quantity=quantity,
                grey_zone=self.grey_zone,
                zone_run=None if zone.run is None else zone.run.name,
                zone_to=zone.sequence_to,
                zone_until=zone.until,
                unit_of_measure=self.unit_of_measure,
                certainty=Certainty.POSSIBLE,
            )
        yield from (LineUnread() for _ in unread)

    @model_validator(mode="after")
    def _has_a_zone_where_spliced(self) -> Self:
        if self.zone is not None and self.how != "splice":
            told = "Only a splice has a 'zone'; say 'how': 'splice'."
            raise PydanticCustomError("zone", told, {"member": "zone"})
        return self


class Relabelled(EventBase):
    """A package got a new label; it is the same material."""

    type: Literal["relabelled"]
    package: PackageRef
    into: PackageRef

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield PackageLinked(parent=self.package.name, child=self.into.name, kind=LinkKind.RELABEL)


class _Use(EventModel):
    package: PackageRef
    slot: Text | None = None
    feeder: Text | None = None
    designators: Designators = Field(default=[])
    unit_of_measure: Text | None = None
    basis: Basis = Basis.MACHINE
    certainty: CertaintyText | None = None
    alternative_group: Text | None = Field(
        None, description="It was one of several packages: what one of them went into has the same word here."
    )

    def link(self) -> dict[str, Any]:
        """Return what the use says about the link itself: one of several packages is possible at most."""
        given = _CERTAINTY[self.certainty or "exact"]
        given = given if self.alternative_group is None else max(given, Certainty.POSSIBLE)
        return {
            "package": self.package.name,
            "slot": self.slot,
            "feeder": self.feeder,
            "designators": tuple(dict.fromkeys(self.designators)),
            "unit_of_measure": self.unit_of_measure,
            "basis": self.basis,
            "certainty": max(given, Certainty.ASSUMED) if self.basis in _ASSUMING else given,
            "alternative_group": self.alternative_group,
        }


class _Feeding(_Use):
    sequence_from: Sequence
    sequence_to: Sequence
    quantity_per_unit: UsedQuantity | None = None
    began_at: Time | None = Field(
        None, alias="from", description="When it was put in; else the event's time."
    )
    ended_at: Time | None = Field(None, alias="to", description="When it was empty, or taken away.")

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.began_at is not None and self.ended_at is not None and self.ended_at < self.began_at:
            raise PydanticCustomError("range", "'to' is before 'from'.")
        if self.sequence_to < self.sequence_from:
            raise PydanticCustomError("range", "'sequenceTo' is before 'sequenceFrom'.")
        used = (self.quantity_per_unit or 0) * (self.sequence_to - self.sequence_from + 1)
        if used > LARGEST_QUANTITY:
            raise PydanticCustomError("range", "The range uses more than 10^12.")
        return self


class Feed(EventWithRun):
    """Packages fed ranges of a run: every unit of the range holds material of the package."""

    type: Literal["feed"]
    run: RunRef
    feeds: Annotated[list[_Feeding], Field(min_length=1, max_length=1000), WrapValidator(read_lines)]

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield from self.run_stated()
        for each in self.feeds:
            yield Fed(
                run=self.run_name(),
                seq_from=each.sequence_from,
                seq_to=each.sequence_to,
                quantity_per_unit=each.quantity_per_unit,
                began_at=each.began_at,
                ended_at=each.ended_at,
                **each.link(),
            )
        yield from (LineUnread(run=self.run_name()) for _ in others(self.feeds))


class _Slot(EventModel):
    slot: Text
    package: PackageRef | None = Field(description="What it holds from now on; null: nothing.")
    designators: Designators = Field(default=[])
    quantity_per_unit: UsedQuantity | None = None
    unit_of_measure: Text | None = None


class SetUp(EventWithRun):
    """Slots of a station hold these packages from now on, until another set-up says the slot again."""

    type: Literal["setUp"]
    station: Text
    slots: Annotated[list[_Slot], Field(min_length=1, max_length=1000), WrapValidator(read_lines)]

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield from self.run_stated()
        station = station_name(self.station)
        assert station is not None
        for each in self.slots:
            yield SlotChanged(
                station=station,
                slot=each.slot,
                package=None if each.package is None else each.package.name,
                designators=tuple(dict.fromkeys(each.designators)),
                quantity_per_unit=each.quantity_per_unit,
                unit_of_measure=each.unit_of_measure,
            )
        yield from (LineUnread(station=station, slot=_slot_in(each)) for each in others(self.slots))


def _slot_in(unread: Any) -> str | None:
    """Return the slot that a line names which cannot be read as a whole; None where it cannot, either."""
    try:
        return _SLOT.validate_python(unread["slot"])
    except (ValidationError, TypeError, KeyError):
        return None


_SLOT: TypeAdapter[str] = TypeAdapter(Text)


class Consumed(EventWithRun, _Use):
    """Material of a package went into one unit."""

    type: Literal["consumed"]
    unit: UnitRef
    quantity: UsedQuantity | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield from self.run_stated()
        yield Fed(unit=self.unit.name, run=self.run_name(), quantity_per_unit=self.quantity, **self.link())


class RemovedEvent(EventBase):
    """Material, or a unit, was taken out of a unit (rework): the reversal of a use."""

    type: Literal["removed"]
    unit: UnitRef
    package: PackageRef | None = None
    designators: Designators = Field(default=[])
    part: UnitRef | None = Field(None, description="The unit that was taken out.")
    quantity: Quantity | None = None
    unit_of_measure: Text | None = None
    reason: LongText | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        if self.part is not None:
            yield Moved(unit=self.part.name, action=Action.DETACH, target=self.unit.name, reason=self.reason)
        if self.package is not None or self.designators:
            yield Removed(
                unit=self.unit.name,
                package=None if self.package is None else self.package.name,
                designators=tuple(dict.fromkeys(self.designators)),
                quantity=self.quantity,
                unit_of_measure=self.unit_of_measure,
                reason=self.reason,
            )

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.package is None and not self.designators and self.part is None:
            told = "Say what was removed: 'package', 'designators' or 'part'."
            raise PydanticCustomError("removed", told, {"member": "package"})
        return self
