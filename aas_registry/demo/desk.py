"""The suppliers' upload desk: makes the packages and sends them through the upload service.

Making and checking signatures is what costs time in seeding, so several processes may
each have a desk. What a desk sends twice counts once.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Self

from aas_registry.demo.authorities import DemoAuthority, supplier_authority, time_stamp_authority
from aas_registry.demo.folder import DemoFolder
from aas_registry.demo.lot_papers import Office, package_file
from aas_registry.demo.planning import plan_plant
from aas_registry.demo.plant import Delivery, PlannedLot, Plant
from aas_registry.demo.scale import Scale
from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.package import AASX_MEDIA_TYPE
from aas_registry.domain.principals import Principal, Role
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.intake.uploads import take_upload
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.storage import parties as party_table

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that uploading takes."""

    registry: Registry
    office: Office
    parties: dict[str, PartyId]

    def upload(self, lot: PlannedLot, delivery: Delivery) -> None:
        """Send the package of a delivery, as its supplier."""
        file = package_file(self.office, lot, delivery)
        uploader = Principal(
            name=f"{delivery.uploader} upload desk",
            role=Role.SUPPLIER,
            site=Site(self.registry.settings.site),
            party=self.parties[delivery.uploader],
        )
        with file.open("rb") as stream:
            arrival = Arrival(stream, file.name, media_type=AASX_MEDIA_TYPE)
            take_upload(self.registry, uploader, arrival)


def open_office(plant: Plant, folder: DemoFolder, packages: Path) -> Office:
    """Return the office that signs for the suppliers, with their CAs."""
    return Office(
        folder=packages,
        makers={supplier.code: supplier for supplier in plant.suppliers},
        authorities=authorities_of(plant, folder),
        time_stamps=time_stamp_authority(folder.authorities),
    )


def authorities_of(plant: Plant, folder: DemoFolder) -> dict[str, DemoAuthority]:
    """Return the suppliers' CAs, by code."""
    return {
        supplier.code: supplier_authority(folder.authorities, supplier.code, supplier.name)
        for supplier in plant.suppliers
    }


def open_desk(registry: Registry, plant: Plant, folder: DemoFolder) -> Desk:
    """Return a desk; the suppliers must be on record."""
    site = Site(registry.settings.site)
    with registry.read() as connection:
        found = {
            supplier.code: party_table.find_party(connection, site, supplier.code)
            for supplier in plant.suppliers
        }
    parties = {code: party.id for code, party in found.items() if party is not None}
    return Desk(registry, open_office(plant, folder, folder.packages), parties)


def deliveries_of(plant: Plant) -> list[tuple[PlannedLot, Delivery]]:
    """Return every delivery with its lot, in the order of the lots."""
    return [(lot, delivery) for lot in plant.lots for delivery in lot.deliveries]


class Desks:
    """Several desks, each in a process of its own, with a plan of its own.

    They are open until their block is left: they finish then, or after an error drop what
    nobody has begun with.
    """

    def __init__(self, settings: Settings, scale: Scale) -> None:
        """Open ``scale.desks`` desks; the suppliers must be on record and have their CAs."""
        self._pool = ProcessPoolExecutor(
            scale.desks, get_context("spawn"), initializer=_begin, initargs=(settings, scale)
        )

    def __enter__(self) -> Self:
        return self

    def upload_all(self, count: int) -> list[Future[int]]:
        """Begin to upload the first ``count`` deliveries; each result is how many of them were taken."""
        parts = [range(start, min(start + _AT_ONCE, count)) for start in range(0, count, _AT_ONCE)]
        return [self._pool.submit(_upload, part) for part in parts]

    def __exit__(self, raised: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown(cancel_futures=raised is not None)


_OWN: list[tuple[Desk, list[tuple[PlannedLot, Delivery]]]] = []  # of a desk's process


def _begin(settings: Settings, scale: Scale) -> None:
    Thread(target=_leave_with_parent, daemon=True).start()
    plant = plan_plant(scale)
    desk = open_desk(open_registry(settings), plant, DemoFolder.of(settings.data_dir))
    _OWN.append((desk, deliveries_of(plant)))


def _upload(numbers: Sequence[int]) -> int:
    desk, deliveries = _OWN[0]
    for number in numbers:
        desk.upload(*deliveries[number])
    return len(numbers)


def _leave_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
