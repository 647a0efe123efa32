"""Facts about material become rows: receipts, packages, links, feeds, removals."""

from aas_registry.domain.events import (
    Fed,
    LinkKind,
    PackageLinked,
    PackageStated,
    ReceiptStated,
    Removed,
)
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import EARLIEST, LATEST, ItemKind
from aas_registry.storage.genealogy.declarations import declare, named_unit
from aas_registry.storage.genealogy.workspace import Told, Workspace
from aas_registry.storage.tables import genealogy as tables


def apply_receipt(work: Workspace, said: ReceiptStated, told: Told) -> None:
    """Gather what is known of a receipt, its lots and its counted quantity."""
    item = work.names.item(said.receipt)
    declare(
        work,
        told,
        ItemKind.RECEIPT,
        item,
        delivery_note=said.delivery_note,
        line=said.line,
        source=work.names.maybe(said.source),
        owner=work.names.maybe(said.owner),
        counted=said.counted,
        unit_of_measure=said.unit_of_measure,
    )
    for lot in dict.fromkeys(said.lots):
        work.rows.add_keyed(tables.receipt_lot, receipt=item, lot=work.lot(lot), event=told.number)
    if said.counted is not None:
        work.record_quantity(item, "counted", said.counted, told, unit_of_measure=said.unit_of_measure)


def apply_package(work: Workspace, said: PackageStated, told: Told) -> None:
    """Gather what is known of a package, the lots it holds and its quantities."""
    item = work.names.item(said.package)
    declare(
        work,
        told,
        ItemKind.PACKAGE,
        item,
        kind=said.kind,
        internal_part_number=said.internal_part_number,
        date_code=said.date_code,
        receipt=work.names.maybe(said.receipt),
    )
    work.rows.add(tables.package_state, package=item, state="received", valid_from=told.at, event=told.number)
    lots: list[int | None] = [work.lot(lot) for lot in dict.fromkeys(said.lots)]
    for each in (*lots, None) if said.has_unread else lots:
        work.link(each, item, LinkKind.RECEIPT, told, certainty=said.certainty, basis=said.basis)
    for kind, quantity in said.quantities:
        work.record_quantity(item, kind, quantity, told, unit_of_measure=said.unit_of_measure)


def apply_linked(work: Workspace, said: PackageLinked, told: Told) -> None:
    """Gather a flow from package to package; the second becomes known by it."""
    parent, child = work.names.maybe(said.parent), work.names.item(said.child)
    if parent is not None and said.kind is not LinkKind.SPLICE:
        declare(work, told, ItemKind.PACKAGE, child)
    work.link(
        parent,
        child,
        said.kind,
        told,
        certainty=said.certainty,
        quantity=said.quantity,
        grey_zone=said.grey_zone,
        zone_run=work.names.maybe(said.zone_run),
        zone_to=said.zone_to,
        zone_until=said.zone_until,
        unit_of_measure=said.unit_of_measure,
    )
    if parent is not None and said.quantity is not None:
        for package, side in ((parent, "Out"), (child, "In")):
            work.record_quantity(
                package,
                f"{said.kind.value}{side}",
                said.quantity,
                told,
                unit_of_measure=said.unit_of_measure,
            )


def apply_fed(work: Workspace, said: Fed, told: Told) -> None:
    """Gather a feed: of a range of a run, or of one unit."""
    package, run = work.names.item(said.package), work.names.maybe(said.run)
    context: int | None = None
    if said.unit is not None:
        context, run = run, named_unit(work, told, said.unit)
        itself = {"run": run, "seq": 1, "unit": run, "event": 0, "passed_at": None} | _NO_STATION
        work.rows.add_keyed(tables.run_unit, **itself, recorded_from=EARLIEST)
    assert run is not None
    work.changed.feeding.add(told.number)
    # A range is used when its units pass, which may be long ago.
    work.changed.note_use(package, EARLIEST if said.unit is None else told.at)
    work.rows.add(
        tables.feed,
        run=run,
        seq_from=said.seq_from,
        seq_to=said.seq_to,
        package=package,
        context_run=context,
        slot=said.slot,
        slot_key=None if said.slot is None else matching_key(said.slot),
        feeder=said.feeder,
        designators="\n".join(said.designators) or None,
        quantity_per_unit=said.quantity_per_unit,
        unit_of_measure=said.unit_of_measure,
        basis=said.basis.value,
        certainty=int(said.certainty),
        alternative_group=said.alternative_group,
        valid_from=said.began_at or told.at,
        # With this it is known that its beginning was said, too.
        valid_to=said.ended_at or (LATEST if said.began_at is not None else None),
        counts_from=told.at if told.is_ahead else None,
        place=told.place,
        event=told.number,
    )
    if said.quantity_per_unit is not None:
        used = said.quantity_per_unit * (said.seq_to - said.seq_from + 1)
        work.record_quantity(package, "used", used, told, unit_of_measure=said.unit_of_measure)


_NO_STATION = dict.fromkeys(("station", "lane", "transaction_id", "slots"))


def apply_removed(work: Workspace, said: Removed, told: Told) -> None:
    """Gather what was taken out of a unit."""
    unit, package = named_unit(work, told, said.unit), work.names.maybe(said.package)
    work.changed.reworked.add(unit)
    work.rows.add(
        tables.removal,
        unit=unit,
        package=package,
        designators="\n".join(said.designators) or None,
        quantity=said.quantity,
        unit_of_measure=said.unit_of_measure,
        reason=said.reason,
        happened_at=told.at,
        rank=told.rank,
        place=told.place,
        event=told.number,
    )
    if package is not None and said.quantity is not None:
        work.record_quantity(package, "reversed", said.quantity, told, unit_of_measure=said.unit_of_measure)
