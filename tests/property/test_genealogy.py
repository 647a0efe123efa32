"""Laws of the genealogy: order of arrival, rebuild, inverse questions, two times.

Events are drawn from a small plant, so that they collide: units passed twice, packages split
into each other, boards put into two products, removals before the feed they end.
"""

import itertools
import shutil
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from aas_registry.domain.events import EventState
from aas_registry.domain.explanations import HOLDS, Why
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import EARLIEST, LATEST
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role, Scope
from aas_registry.services.genealogy import events
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.storage.genealogy.contents import Contents
from aas_registry.storage.genealogy.explanations import explain_contents, explain_used
from aas_registry.storage.genealogy.genealogy import WhereUsed
from aas_registry.storage.genealogy.present import present
from aas_registry.storage.genealogy.sought import Sought, where_held
from aas_registry.storage.tables import anomalies as anomaly_tables
from aas_registry.storage.tables import events as event_tables
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables import passes
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.lots import lot
from aas_registry.storage.tables.namings import holder

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
LOTS = ["L1", "L2", "L3"]
PACKAGES = ["R1", "R2", "R3", "R4"]
UNITS = ["N1", "B1", "B2", "B3", "P1", "P2"]
PLACES = ["C1", "C2", "C3"]
PLACE = {"panel": "N1", "position": 1}
NAMED_PLACES = [
    PLACE,
    {**PLACE, "serial": "B1"},
    {**PLACE, "serial": "B2"},
    {"serial": "B1", "issuer": "Acorn"},
]
YEARS_AHEAD = 24 * 365 * 70

HISTORY = (
    holder,
    tables.lot_link,
    tables.filling,
    tables.run_unit,
    tables.feed,
    tables.removal,
    tables.feed_void,
    tables.movement,
    tables.containment,
    tables.shipped,
    tables.test_result,
    tables.quantity_entry,
    passes.slot_change,
    passes.set_up,
    passes.completion,
)
DECLARED = (tables.unit, tables.package, tables.run, tables.shipment)
EVERYTHING = PageRequest(1000)

Event = dict[str, object]


def time_of(hour: int) -> str:
    return (START + timedelta(hours=hour)).isoformat()


def said(kind: str, at: int, **members: object) -> Event:
    return {"type": kind, "happenedAt": time_of(at), **members}


hours = st.integers(0, 9)
units = st.sampled_from([*UNITS, PLACE])
packages = st.sampled_from(PACKAGES)
places = st.lists(st.sampled_from(PLACES), unique=True, max_size=3)
sure = st.sampled_from(["exact", "possible", "assumed"])
zones = st.one_of(
    st.just({}),
    st.builds(lambda pieces: {"greyZone": pieces}, st.integers(0, 4)),
    st.builds(lambda at: {"zone": {"until": time_of(at)}}, hours),
    st.builds(lambda number: {"zone": {"run": "RUN", "sequenceTo": number}}, st.integers(1, 5)),
)
relations = st.sampled_from(["partOf", "panelOf", "packedIn"])

announcements = st.one_of(
    st.builds(
        lambda package, codes: said(
            "packageCreated",
            0,
            package=package,
            lots=[{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": code} for code in codes],
        ),
        packages,
        st.lists(st.sampled_from(LOTS), max_size=2, unique=True),
    ),
    st.builds(
        lambda package, pieces, measure: said(
            "packageCreated", 0, package=package, quantity=pieces, unitOfMeasure=measure
        ),
        packages,
        st.integers(1, 5),
        st.sampled_from(["pcs", "kg"]),
    ),
    st.builds(
        lambda at, unit, first, product: said(
            "unitCreated", at, units=[unit], product=product, run="RUN", firstSequence=first
        ),
        st.sampled_from([0, 0, 0, 4]),
        st.one_of(units, st.sampled_from(NAMED_PLACES)),
        st.integers(1, 4),
        st.sampled_from([None, None, "PCB", "BOX"]),
    ),
)
namings = st.one_of(
    st.builds(
        lambda at, one, other, then: said("sameUnit", at, units=[{**one, "at": time_of(then)}, other]),
        hours,
        st.sampled_from([*NAMED_PLACES, {"serial": "B1"}, {"serial": "B2"}]),
        st.sampled_from([*NAMED_PLACES, "B1", "B2"]),
        hours,
    ),
    st.builds(
        lambda at, unit: said("nameReused", at, unit=unit), hours, st.sampled_from([*UNITS[:2], PLACE])
    ),
    st.builds(lambda at, package: said("nameReused", at, package=package), hours, packages),
)
relating = st.one_of(
    st.builds(
        lambda at, package, into: said("split", at, package=package, into=[{"package": into}]),
        hours,
        packages,
        packages,
    ),
    st.builds(
        lambda at, package, into: said("merged", at, packages=[{"package": package}], into=into),
        hours,
        packages,
        packages,
    ),
    st.builds(
        lambda at, package, into: said("relabelled", at, package=package, into=into),
        hours,
        packages,
        packages,
    ),
    st.builds(
        lambda at, package, into, zone: said(
            "merged", at, packages=[{"package": package}], into=into, how="splice", **zone
        ),
        hours,
        packages,
        packages,
        zones,
    ),
    st.builds(
        lambda at, package, first, size, designators, certainty, began: said(
            "feed",
            at,
            run={"id": "RUN", "line": f"line {at}"},
            feeds=[
                {
                    "package": package,
                    "sequenceFrom": first,
                    "sequenceTo": first + size,
                    "designators": designators,
                    "certainty": certainty,
                    "quantityPerUnit": 2,
                    "from": time_of(began),
                }
            ],
        ),
        hours,
        packages,
        st.integers(1, 4),
        st.integers(0, 2),
        places,
        sure,
        hours,
    ),
    st.builds(
        lambda at, unit, package, designators: said(
            "consumed", at, unit=unit, package=package, designators=designators, quantity=1
        ),
        hours,
        units,
        packages,
        places,
    ),
    st.builds(
        lambda at, unit, package, designators: said(
            "removed", at, unit=unit, package=package, designators=designators, quantity=1
        ),
        hours,
        units,
        packages,
        places,
    ),
    st.builds(
        lambda at, unit, package: said("removed", at, unit=unit, package=package), hours, units, packages
    ),
    st.builds(
        lambda at, unit, place: said("removed", at, unit=unit, designators=[place]),
        hours,
        units,
        st.sampled_from(PLACES),
    ),
    st.builds(
        lambda at, unit, into, relation: said(
            "assembledInto", at, links=[{"unit": unit, "into": into, "relation": relation}]
        ),
        hours,
        units,
        units,
        relations,
    ),
    st.builds(lambda at, unit, part: said("removed", at, unit=unit, part=part), hours, units, units),
    st.builds(
        lambda at, unit, shipment: said("shipped", at, units=[unit], shipment=shipment, order=f"o{at}"),
        hours,
        units,
        st.sampled_from(["S1", "S2"]),
    ),
    st.builds(lambda at, unit: said("returned", at, units=[unit]), hours, units),
    st.builds(
        lambda at, unit, more: said("unitProcessed", at, units=[unit], **{"run": "RUN", **more}),
        hours,
        units,
        st.sampled_from([{}, {"station": "ST1"}, {"run": {"id": "RUN", "station": "ST2"}}]),
    ),
    st.builds(
        lambda at, station, slot, package, designators: said(
            "setUp",
            at,
            station=station,
            slots=[{"slot": slot, "package": package, "designators": designators, "quantityPerUnit": 2}],
        ),
        hours,
        st.sampled_from(["ST1", "ST2"]),
        st.sampled_from(["F1", "F2"]),
        st.one_of(st.none(), packages),
        places,
    ),
    st.builds(
        lambda at, unit, package, slot: said(
            "consumed", at, unit=unit, package=package, run="RUN", slot=slot
        ),
        hours,
        units,
        packages,
        st.sampled_from(["F1", "F2"]),
    ),
    st.builds(
        lambda at, unit, more: said("unitCompleted", at, units=[unit], **more),
        hours,
        units,
        st.sampled_from([{}, {"run": "RUN"}, {"station": "ST1"}]),
    ),
    st.builds(lambda unit: said("returned", YEARS_AHEAD, units=[unit]), units),
    st.builds(lambda at, number: said("correction", at, corrects=f"e{number}"), hours, st.integers(0, 30)),
)


def numbered(drawn: list[Event]) -> list[Event]:
    return [{"id": f"e{number}", **event} for number, event in enumerate(drawn)]


plants = st.builds(
    lambda known, related: numbered(known + related),
    st.lists(announcements, min_size=6, max_size=14),
    st.lists(st.one_of(relating, relating, relating, namings), max_size=14),
)
WHOLE_PLANT = [
    *(
        {
            "id": f"package {package}",
            **said(
                "packageCreated",
                0,
                package=package,
                lots=[{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": LOTS[number % 2]}],
            ),
        }
        for number, package in enumerate(PACKAGES)
    ),
    {"id": "units", **said("unitCreated", 0, units=UNITS, run="RUN", firstSequence=1)},
]
orders = st.randoms(use_true_random=False)
checked = examples(40)


class TickingClock:
    """A clock that moves one second whenever it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Plant:
    """A registry, and one site of it that nobody else uses."""

    registry: Registry
    site: Site

    @property
    def principal(self) -> Principal:
        return Principal(name="mes", role=Role.PRODUCTION, site=self.site)


Opener = Callable[[], Plant]


@pytest.fixture(scope="module")
def fresh(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory):
    """Open one new plant after the other."""
    folder = tmp_path_factory.mktemp("plants")
    shutil.copy(migrated_sqlite, folder / "registry.sqlite3")
    registry = open_registry(Settings(data_dir=folder, secret_key="x" * 32), clock=TickingClock())
    numbers = itertools.count(1)
    yield lambda: Plant(registry, Site(f"plant-{next(numbers)}"))
    registry.close()


def send(plant: Plant, sent: list[Event], *, batch: int = 1000) -> None:
    for start in range(0, len(sent), batch):
        events.ingest(plant.registry, plant.principal, sent[start : start + batch])


def rows_of(connection, plant: Plant, table, *columns):
    return connection.execute(select(*(columns or (table,))).where(table.c.site == plant.site))


def current(plant: Plant) -> dict[str, object]:
    """Everything that holds now, by names instead of ids, without times of recording."""
    shot: dict[str, object] = dict(_shot(plant, history=False))
    with plant.registry.read() as connection:
        event_ids = _events(connection, plant)
        stored = rows_of(connection, plant, event_tables.event)
        shot["events"] = {event_ids[row.id]: row.state for row in stored if row.counts}
        waits = rows_of(connection, plant, event_tables.event_wait)
        shot["waits"] = sorted((event_ids[row.event], row.name_key, str(row.shown)) for row in waits)
    return shot


def _events(connection, plant: Plant) -> dict[int, str]:
    """Events by number; of those that say the same the order of arrival decides which counts."""
    rows = list(rows_of(connection, plant, event_tables.event))
    first = {row.content: row.event_id for row in sorted(rows, key=lambda row: row.event_id, reverse=True)}
    return {row.id: first[row.content] for row in rows}


def history(plant: Plant) -> dict[str, list[tuple[str, ...]]]:
    """Everything that ever held, with the times of recording."""
    return _shot(plant, history=True)


def _shot(plant: Plant, *, history: bool) -> dict[str, list[tuple[str, ...]]]:
    with plant.registry.read() as connection:
        names = _names_by_item(connection, plant, history=history)
        names |= {row.id: f"lot {row.code}" for row in rows_of(connection, plant, lot)}
        # What nobody says exists any longer has no name.
        names = defaultdict(lambda: "?", names)
        numbers = _events(connection, plant)
        feeds = {
            row.id: (numbers[row.event], names[row.package], row.designators)
            for table in (tables.feed, passes.set_up)
            for row in rows_of(connection, plant, table)
            if row.package is not None
        }
        shot = {
            table.name: sorted(
                tuple(_said_by(table, row, names, numbers, feeds, history=history))
                for row in rows_of(connection, plant, table)
                if _counts(row, history)
            )
            for table in (*HISTORY, *DECLARED)
        }
        shot["anomaly"] = sorted(_anomalies(connection, plant, names, numbers, history=history))
        draws = rows_of(connection, plant, anomaly_tables.package_draw)
        shot["draws"] = sorted(
            (names[row.package], *map(str, row[2:])) for row in draws if row.package in names or history
        )
        return shot


def _anomalies(connection, plant: Plant, names, numbers, *, history: bool):
    """Yield what does not fit, by its events and things; why an id tells several apart is nobody's matter."""
    about = defaultdict(list)
    for table, called in ((anomaly_tables.anomaly_event, numbers), (anomaly_tables.anomaly_thing, names)):
        for _, anomaly, each, since in rows_of(connection, plant, table):
            about[anomaly].append((called[each], since or EARLIEST))
    rows = list(rows_of(connection, plant, anomaly_tables.anomaly))
    if not history:
        yield from _as_of_times([(row, about[row.id]) for row in rows if row.recorded_to is None])
        return
    for row in rows:
        known = (row.known_since, row.recorded_from, row.recorded_to, row.renewed, row.resolved_by)
        yield (row.kind, str(sorted(about[row.id])), *map(str, (row.holds_from, row.holds_until, *known)))


def _as_of_times(told):
    """Yield what does not fit as of which times: one that goes on is in one row or in several, as it was told."""
    pieces = []
    for row, about in told:
        ends = (row.holds_from or EARLIEST, row.holds_until or LATEST)
        for begin, end in itertools.pairwise(sorted({*ends, *(at for _, at in about if at > ends[0])})):
            pieces.append((begin, end, row.kind, str(sorted(name for name, at in about if at <= begin))))
    joined: list[tuple] = []
    for begin, end, *said in sorted(pieces):
        before = next((each for each in joined if each[1:] == (begin, *said)), None)
        if before is not None:
            joined.remove(before)
        joined.append((begin if before is None else before[0], end, *said))
    yield from (tuple(map(str, each)) for each in joined)


def _names_by_item(connection, plant: Plant, *, history: bool) -> dict[int, str]:
    """What each item is called; of one plant, at all times, they are told apart by their ids."""
    named = defaultdict(list)
    for row in rows_of(connection, plant, alias):
        named[row.item].append((row.scheme, row.value_key))
    for row in rows_of(connection, plant, holder):
        if row.recorded_to is None:
            named[row.item].append((row.scheme, row.issuer_key, row.value_key, row.begin_at, row.begin_rank))
    return {item: f"{item}" if history else repr(sorted(names, key=repr)) for item, names in named.items()}


def _counts(row, history: bool) -> bool:
    if "recorded_to" not in row._fields:
        return True
    if "seq" in row._fields and row.event == 0 and not history:
        return False  # a unit's own run: nothing follows from it alone
    return row.recorded_to != row.recorded_from if history else row.recorded_to is None


ITEMS = {"parent", "child", "run", "package", "context_run", "unit", "target", "shipment", "item", "product"}
ITEMS |= {"customer", "receipt", "source", "zone_run", "station"}


def _said_by(table, row, names, numbers, feeds, *, history: bool):
    for column, value in row._mapping.items():
        if column in {"site", "version", "rank"} or (column == "id" and table in HISTORY):
            continue
        if column.startswith("recorded_") and not history:
            continue
        if column in ITEMS or column == "id":
            yield f"{column}={names.get(value, '' if value is None else '?')}"
        elif column in {"event", "ended_by"}:
            yield f"{column}={numbers.get(value, '')}"
        else:
            yield f"{column}={feeds[value] if column == 'feed' else value}"


def reached(plant: Plant, code: str, moment: Moment, level: Level = Level.BOARD) -> dict[int, int]:
    """Units that hold a lot, with their certainty."""
    return reached_of(plant, {code}, moment, level)


def reached_of(
    plant: Plant, codes: Collection[str], moment: Moment, level: Level = Level.BOARD
) -> dict[int, int]:
    """Units that hold one of some lots, with their certainty."""
    with plant.registry.read() as connection:
        numbers = [row.id for row in rows_of(connection, plant, lot) if row.code in codes]
        if not numbers:
            return {}
        held_by = where_held(connection, plant.site, Sought(lots=numbers), moment)
        # As it is asked over HTTP: what the plant has nothing of is left out. Contents leaves nothing out.
        there = present(connection, plant.site)
        asked = WhereUsed(Scope(plant.site), held_by, moment, level, there=there)
        rows = asked.rows(connection, EVERYTHING)
    return {row.unit: int(row.certainty) for row in rows}


def held(plant: Plant, unit: int, moment: Moment) -> dict[tuple[int, str | None], int]:
    """Innermost units and lots in a unit, with their certainty."""
    with plant.registry.read() as connection:
        rows = Contents(Scope(plant.site), unit, moment).rows(connection, EVERYTHING)
    found: dict[tuple[int, str | None], int] = {}
    for row in rows:
        key = (row.unit, row.lot_code)
        found[key] = min(found.get(key, 9), int(row.certainty))
    return found


def panels_with_boards(plant: Plant, moment: Moment) -> set[int]:
    with plant.registry.read() as connection:
        return {
            row.parent
            for row in rows_of(connection, plant, tables.containment)
            if row.relation == "panelOf" and row.recorded_to is None
            if moment.as_of is None or row.valid_from <= moment.as_of
        }


def units_on(plant: Plant) -> list[int]:
    with plant.registry.read() as connection:
        return [row.id for row in rows_of(connection, plant, tables.unit) if row.recorded_to is None]


@given(plants, orders, st.integers(1, 7))
@checked
def test_the_order_of_arrival_does_not_matter(fresh: Opener, sent, random, batch) -> None:
    shuffled = sent.copy()
    random.shuffle(shuffled)
    one, other = fresh(), fresh()

    send(one, sent)
    send(other, shuffled, batch=batch)

    assert current(other) == current(one)


@given(plants, orders)
@checked
def test_what_arrives_twice_changes_nothing(fresh: Opener, sent, random) -> None:
    plant = fresh()
    send(plant, sent)
    before = history(plant)
    again = sent + sent
    random.shuffle(again)

    outcomes = events.ingest(plant.registry, plant.principal, again)

    assert {outcome.state for outcome in outcomes} <= {EventState.DUPLICATE}
    assert history(plant) == before


@given(plants, st.integers(1, 7))
@checked
def test_a_rebuild_gives_the_same_projection_with_its_times_of_recording(fresh: Opener, sent, batch) -> None:
    plant = fresh()
    send(plant, sent, batch=batch)
    before, now = history(plant), current(plant)

    events.rebuild(plant.registry, plant.site)

    assert history(plant) == before
    assert current(plant) == now


@given(plants, st.one_of(st.none(), hours))
@checked
def test_where_used_and_contents_are_each_others_inverse(fresh: Opener, sent, at) -> None:
    plant = fresh()
    send(plant, WHOLE_PLANT + sent)
    moment = Moment(as_of=LATEST if at is None else START + timedelta(hours=at))
    panels = panels_with_boards(plant, moment)
    inside = {unit: held(plant, unit, moment) for unit in units_on(plant) if unit not in panels}

    for code in LOTS:
        backward = {unit: found[unit, code] for unit, found in inside.items() if (unit, code) in found}
        assert reached(plant, code, moment) == backward


@given(plants, st.one_of(st.none(), hours))
@checked
def test_some_lots_are_one_question(fresh: Opener, sent, at) -> None:
    plant = fresh()
    send(plant, WHOLE_PLANT + sent)
    moment = Moment(as_of=LATEST if at is None else START + timedelta(hours=at))
    one, other = (reached(plant, code, moment) for code in LOTS[:2])
    both = reached_of(plant, set(LOTS[:2]), moment)

    assert both.keys() == one.keys() | other.keys()
    assert all(sure <= min(one.get(unit, 9), other.get(unit, 9)) for unit, sure in both.items())


def _leads(why: Why, sources: Collection[int | None], target: int) -> bool:
    """Whether a chain leads from what was asked for, statement by statement, to a unit or shipment."""
    steps = [step.said for step in why.steps]
    ways = [step for step in steps if step.fact != HOLDS]
    lots = {step.source for step in steps if step.fact == HOLDS}
    begins = lots <= set(sources) if lots else sources == {None}
    joined = all(before.target == after.source for before, after in itertools.pairwise(ways))
    filled = all(step.target == ways[0].source for step in steps if step.fact == HOLDS)
    is_said = all(step.event is not None for step in steps)
    return begins and joined and filled and is_said and ways[-1].target == target


@given(plants, st.one_of(st.none(), hours), st.sets(st.sampled_from(LOTS), min_size=1), st.booleans())
@checked
def test_every_row_is_explained_as_surely_as_it_is_there(fresh: Opener, sent, at, codes, ever) -> None:
    plant = fresh()
    send(plant, WHOLE_PLANT + sent)
    moment = Moment(as_of=LATEST if at is None else START + timedelta(hours=at))
    scope = Scope(plant.site)

    with plant.registry.read() as connection:
        numbers = {row.id for row in rows_of(connection, plant, lot) if row.code in codes}
        for level in Level if numbers else ():
            if level is Level.CUSTOMER:
                continue  # its rows are no units
            sought = Sought(lots=numbers)
            held_by = where_held(connection, plant.site, sought, moment)
            there = present(connection, plant.site)
            asked = WhereUsed(scope, held_by, moment, level, ever=ever, there=there)
            rows = asked.rows(connection, EVERYTHING)
            keys = [(row.unit, row.shipment) for row in rows]
            told = explain_used(connection, scope, sought, keys, moment=moment, level=level, ever=ever)
            assert {key: why.certainty for key, why in told.items()} == {
                (row.unit, row.shipment): row.certainty for row in rows
            }
            assert all(_leads(why, numbers, key[1] or key[0]) for key, why in told.items())
        panels = panels_with_boards(plant, moment)
        for unit in set(units_on(plant)) - panels:
            inside = Contents(scope, unit, moment, ever=ever).rows(connection, EVERYTHING)
            why_of = explain_contents(connection, scope, unit, inside, moment=moment, ever=ever)
            assert {row: why.certainty for row, why in why_of.items()} == {
                row: row.certainty for row in inside
            }
            assert all(_leads(why, {row.lot}, unit) for row, why in why_of.items())


@given(plants, hours)
@checked
def test_what_a_product_holds_is_what_its_parts_hold(fresh: Opener, sent, at) -> None:
    plant = fresh()
    send(plant, WHOLE_PLANT + sent)
    moment = Moment(as_of=START + timedelta(hours=at))
    inside = {unit: held(plant, unit, moment) for unit in units_on(plant)}

    for code in LOTS:
        for root in reached(plant, code, moment, Level.PRODUCT):
            assert code in {found for _, found in inside[root]}


@given(plants, hours)
@checked
def test_what_happens_later_leaves_the_past_as_it_was(fresh: Opener, sent, at) -> None:
    plant, moment = fresh(), Moment(as_of=START + timedelta(hours=at))
    lasting = [event for event in sent if event["type"] not in {"correction", "packageCreated"}]
    past, future = [], []
    for event in lasting:
        happened_at = datetime.fromisoformat(str(event["happenedAt"]))
        # What was fed went into each unit when that passed, whenever it was told.
        # What a name means does not depend on the time that is asked for [1.5].
        is_past = event["type"] in {"feed", "sameUnit", "nameReused"} or happened_at <= moment.as_of
        (past if is_past else future).append(event)
    send(plant, WHOLE_PLANT + past)
    before = {code: reached(plant, code, moment) for code in LOTS}

    send(plant, future)

    assert {code: reached(plant, code, moment) for code in LOTS} == before


@given(plants, st.integers(0, 25))
@checked
def test_what_is_learned_later_leaves_earlier_knowledge_as_it_was(fresh: Opener, sent, split) -> None:
    plant = fresh()
    send(plant, sent[:split], batch=3)
    moment = Moment(as_of=LATEST, recorded_as_of=plant.registry.clock())
    before = {code: reached(plant, code, moment) for code in LOTS}

    send(plant, sent[split:], batch=3)

    assert {code: reached(plant, code, moment) for code in LOTS} == before
