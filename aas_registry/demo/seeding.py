"""Seeding: the planned plant, sent through the services as its people and lines would.

Killed at any moment and started again, it ends in the same plant: packages are known by
their bytes, events by their ids, parties, anchors and users by their names.
"""

import shutil
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from aas_registry.demo.authorities import time_stamp_authority
from aas_registry.demo.desk import Desks, authorities_of, deliveries_of, open_desk, open_office
from aas_registry.demo.event_stream import events_by_day
from aas_registry.demo.folder import DemoFolder
from aas_registry.demo.logins import LOGINS, add_logins, supplier_token
from aas_registry.demo.lot_papers import package_file
from aas_registry.demo.planning import SEED, plan_plant
from aas_registry.demo.plant import Paper, Plant
from aas_registry.demo.scale import FULL, SMALL, Scale
from aas_registry.demo.stories import CRACKED_REASON
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.events import EventState
from aas_registry.domain.identifiers import Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.reports import Direction
from aas_registry.services import access, example_lists, parties
from aas_registry.services.demo_visit import DemoLogin, DemoStory, DemoVisit, true_logins, write_visit
from aas_registry.services.genealogy import events, lots
from aas_registry.services.registry import Registry, open_registry, system_clock
from aas_registry.services.reports import reports
from aas_registry.settings import Settings
from aas_registry.storage.clock import Clock
from aas_registry.storage.lots import LotFilter

Progress = Callable[[str, int, int], None]

_MARKER = "seeded.json"
_DEMO_LOGINS = tuple(DemoLogin(each.name, each.password, each.role.value) for each in LOGINS)
_PERCENT = 100
LOTS, DAYS = "lots with their certificates", "days of production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What a visitor needs to know of the seeded plant.

    Attributes:
        token: Of the demo's supplier.
        to_upload: A package that nobody uploaded yet.
        with_errors: A supplier's list with five row errors, ready to drag.
        report: The bundle of a report about the cracked-capacitor lot.
        stories: What to look for.
        logins: Who may log in.
    """

    token: str
    to_upload: Path
    with_errors: Path
    report: Path
    stories: tuple[DemoStory, ...]
    logins: tuple[DemoLogin, ...]


def seed_plant(
    settings: Settings, *, small: bool, on_progress: Progress, clock: Clock = system_clock
) -> Seeded:
    """Seed the plant, or finish what a killed run began; do nothing where it is complete.

    Args:
        settings: The registry's settings; its keys must be there.
        small: True seeds the small plant, for tests.
        on_progress: Called with the stage, what is done of it, and how much it is in all.
        clock: Gives the time at which everything is recorded.

    Raises:
        ConflictError: The data folder holds a plant of the other size.
    """
    scale = SMALL if small else FULL
    folder = DemoFolder.of(settings.data_dir)
    registry = open_registry(settings, clock=clock)
    try:
        plant = plan_plant(scale)
        marker = folder.read(_MARKER)
        if marker and (marker.get("scale"), marker.get("seed")) != (scale.name, SEED):
            raise ConflictError("The data folder holds another demo plant; choose another folder.")
        known = parties.list_parties(registry, access.local_administrator(registry), PageRequest(1))
        visit = _Visit(settings, plant)
        if not known or marker.get("complete") is not True:

            def tell(stage: str, done: int, total: int) -> None:
                visit.show(stage, done, total)
                on_progress(stage, done, total)

            visit.show(LOTS, 0, len(plant.lots))
            _seed(registry, plant, folder, scale, tell)
        visit.finish()
        return _prepare_visit(registry, plant, folder)
    finally:
        registry.close()


def _seed(registry: Registry, plant: Plant, folder: DemoFolder, scale: Scale, on_progress: Progress) -> None:
    folder.write(_MARKER, {"scale": scale.name, "seed": SEED, "complete": False})
    _introduce_parties(registry, plant, folder)
    add_logins(registry)
    deliveries = deliveries_of(plant)
    if scale.desks:
        taken: list[int] = []

        def count(done: Future[int]) -> None:
            if not done.cancelled() and done.exception() is None:
                taken.append(done.result())
                on_progress(LOTS, sum(taken), len(deliveries))

        with Desks(registry.settings, scale) as desks:
            futures = desks.upload_all(len(deliveries))
            for future in futures:
                future.add_done_callback(count)
            _send_events(registry, plant, on_progress)
            for future in futures:
                future.result()
    else:
        desk = open_desk(registry, plant, folder)
        for number, (lot, delivery) in enumerate(deliveries, start=1):
            desk.upload(lot, delivery)
            on_progress(LOTS, number, len(deliveries))
        _send_events(registry, plant, on_progress)
    assert plant.cracked is not None
    administrator = access.local_administrator(registry)
    found = lots.list_lots(registry, administrator, LotFilter(code=plant.cracked.code), PageRequest(1))
    made = reports.make_report(registry, administrator, direction=Direction.WHERE_USED, subject=found[0].id)
    _, bundle = reports.open_bundle(registry, administrator, made.id)
    saved = folder.report.with_suffix(".part")
    with bundle, saved.open("wb") as copy:
        shutil.copyfileobj(bundle, copy)
    saved.replace(folder.report)
    folder.write(_MARKER, {"scale": scale.name, "seed": SEED, "complete": True})


def _introduce_parties(registry: Registry, plant: Plant, folder: DemoFolder) -> None:
    administrator = access.local_administrator(registry)
    everybody = {each.code: each.name for each in plant.suppliers}
    everybody |= {each.code: each.name for each in plant.customers}
    for code, name in everybody.items():
        try:
            parties.add_party(registry, administrator, code=code, name=name)
        except ConflictError:
            continue  # a run before this one put it on record
    pinned = {anchor.party_code: anchor for anchor in parties.list_anchors(registry, administrator)}
    authorities = authorities_of(plant, folder)
    for supplier in (each for each in plant.suppliers if each.is_pinned):
        known = pinned.get(supplier.code)
        if known is None or not known.has_revocation_list:
            pem, content = authorities[supplier.code].anchor_pem, authorities[supplier.code].revocation_list
            row = known or parties.pin_anchor(registry, administrator, pem=pem, party=supplier.code)
            parties.set_revocation_list(registry, administrator, row.id, content=content)
    if None not in pinned:
        stamps = time_stamp_authority(folder.authorities)
        parties.pin_anchor(registry, administrator, pem=stamps.anchor_pem, party=None, purpose="timestamp")


def _send_events(registry: Registry, plant: Plant, on_progress: Progress) -> None:
    lines = Principal(name="demo lines", role=Role.PRODUCTION, site=Site(registry.settings.site))
    days = events_by_day(plant)
    for number, (day, happened) in enumerate(days, start=1):
        for outcome in events.ingest(registry, lines, happened):
            if outcome.state not in {EventState.ACCEPTED, EventState.DUPLICATE}:
                text = f"Event {outcome.event_id} of {day} was {outcome.state}: {outcome.message}"
                raise ConflictError(text)
        on_progress(DAYS, number, len(days))


def _prepare_visit(registry: Registry, plant: Plant, folder: DemoFolder) -> Seeded:
    """Write the files that a visitor may upload, and name what there is to find."""
    assert plant.cracked is not None
    assert plant.held_back is not None
    folder.to_upload.mkdir(parents=True, exist_ok=True)
    for name, content in (
        (example_lists.LIST_NAME, example_lists.example_list()),
        (example_lists.CERTIFICATE_NAME, example_lists.example_certificate()),
        (example_lists.ERRORS_NAME, example_lists.example_with_errors()),
    ):
        (folder.to_upload / name).write_bytes(content)
    office = open_office(plant, folder, folder.to_upload)
    return Seeded(
        token=supplier_token(registry, folder),
        to_upload=package_file(office, plant.held_back, plant.held_back.deliveries[0]),
        with_errors=folder.to_upload / example_lists.ERRORS_NAME,
        report=folder.report,
        stories=stories_of(plant),
        logins=true_logins(registry, _DEMO_LOGINS),
    )


def stories_of(plant: Plant) -> tuple[DemoStory, ...]:
    """Return what a visitor may look for."""
    assert plant.cracked is not None
    assert plant.reprint is not None
    cracked = sum(back.reason == CRACKED_REASON for back in plant.returns)
    behind = f"{cracked} of {len(plant.returns)}"
    papers = {lot.paper: lot.code for lot in plant.lots}
    unpinned = {supplier.code for supplier in plant.suppliers if not supplier.is_pinned}
    of_unpinned = [lot.code for lot in plant.lots if lot.part.supplier in unpinned][:1]
    spliced = [splice.before.of_lot.code for splice in plant.splices[:1]]
    return (
        DemoStory("cracked", f"a capacitor lot behind {behind} returned products", plant.cracked.code),
        DemoStory("altered", "a certificate altered after signing", papers[Paper.ALTERED]),
        DemoStory("other lot", "a certificate of another lot", papers[Paper.OTHER_LOT]),
        *(
            DemoStory("unpinned", "a certificate whose signer's CA nobody pinned", code)
            for code in of_unpinned
        ),
        *(DemoStory("spliced", "a splice that put two lots on the same boards", code) for code in spliced),
        DemoStory("reprinted", "a reel label that was printed again", plant.reprint.package.label),
    )


class _Visit:
    """Tells the pages how far the plant is filled; a file is written for each percent, no more."""

    def __init__(self, settings: Settings, plant: Plant) -> None:
        self._data_dir = settings.data_dir
        self._stages: dict[str, tuple[int, int]] = {LOTS: (0, 1), DAYS: (0, 1)}
        self._stories = stories_of(plant)
        self._shown = -1

    def show(self, stage: str, done: int, total: int) -> None:
        self._stages[stage] = (max(done, self._stages[stage][0]), total)
        shares = sum(done * _PERCENT // total for done, total in self._stages.values())
        self._write(min(_PERCENT - 1, shares // len(self._stages)))

    def finish(self) -> None:
        """Say that all is there: the report, too, that no stage counts."""
        self._write(_PERCENT)

    def _write(self, percent: int) -> None:
        if percent != self._shown:
            self._shown = percent
            visit = DemoVisit(percent=percent, logins=_DEMO_LOGINS, stories=self._stories)
            write_visit(self._data_dir, visit)
