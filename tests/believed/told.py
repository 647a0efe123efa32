"""What the product answers about a plant."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, product
from typing import Any

from engine.plants import SUPPLIERS
from engine.vocabulary import Json, Lot, form

from aas_registry.domain.anomalies import AnomalyState
from aas_registry.domain.errors import ConflictError, NotFoundError
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.sought import Narrowing, Subjects
from aas_registry.services import parties
from aas_registry.services.genealogy import anomalies, events, genealogy, lots, units
from aas_registry.services.genealogy.anomalies import AnomalyQuestion, TouchedThing
from aas_registry.services.genealogy.events import EventOutcome
from aas_registry.services.genealogy.genealogy import (
    ContentRow,
    ContentsSummary,
    Coverage,
    WhereUsedQuestion,
    WhereUsedSummary,
)
from aas_registry.services.genealogy.units import UnitDetail, UnitRow
from aas_registry.services.intake import spreadsheets
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry
from believed.subjects import MEMBERS, About, Subject, several, told_of
from believed.words import (
    ALL_LOTS,
    Answers,
    UnitKey,
    counted,
    is_only_named,
    is_summed,
    is_told_without_things,
    kind_of,
    thousandths,
    touching,
    unit_key,
)

ALL = PageRequest(1000)
_COLUMNS = "Manufacturer,MPN,Lot code,Reel id,Date code,Delivery note"


class SetClock:
    """A clock that shows what it was set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Asked:
    """Who asks, and what, at which two times; None is now, or the last recording."""

    who: Principal
    as_of: datetime | None = None
    recorded_as_of: datetime | None = None
    levels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ever: bool = False
    subjects: tuple[Subject, ...] = ()

    def about(self, found: Sequence[str], level: Level) -> WhereUsedQuestion:
        """Return the question about some lots."""
        return WhereUsedQuestion(about=Subjects(lots=tuple(found)), level=level, ever=self.ever, **self.times)

    @property
    def times(self) -> dict[str, datetime | None]:
        return {"as_of": self.as_of, "recorded_as_of": self.recorded_as_of}


class ProductPlant:
    """A site of the registry that nobody else uses."""

    def __init__(self, registry: Registry, clock: SetClock, site: str, customers: Sequence[str]) -> None:
        self._registry, self._clock = registry, clock
        self.quality = Principal(name="quality", role=Role.QUALITY, site=Site(site))
        self._auditors = {name: self._member(name, Role.CUSTOMER_AUDITOR) for name in customers}
        self._suppliers = {name: self._member(name, Role.SUPPLIER) for name in SUPPLIERS}
        self._met: dict[str, UnitRow] = {}

    def _member(self, name: str, role: Role) -> Principal:
        party = parties.add_party(self._registry, self.quality, code=name.casefold(), name=name)
        return Principal(name=name, role=role, site=self.quality.site, party=PartyId(party.id))

    def send(self, told: Sequence[Json], at: datetime) -> list[EventOutcome]:
        """Send events, and lists of packages, as they came; return what became of the events."""
        self._clock.now = at
        outcomes: list[EventOutcome] = []
        for is_list, some in groupby(told, lambda each: bool(each["type"] == "list")):
            if is_list:
                for each in some:
                    self._send_list(each)
            else:
                outcomes += events.ingest(self._registry, self.quality, list(some))
        return outcomes

    def _send_list(self, told: Json) -> None:
        note = told.get("deliveryNote", "")
        rows = [
            ",".join((*reel["lot"].values(), reel["label"], "".join(reel.get("dateCodes", ())), note))
            for reel in told["reels"]
        ]
        content = "\n".join((_COLUMNS, *rows)).encode()
        arrival = Arrival(io.BytesIO(content), "reels.csv")
        spreadsheets.take_spreadsheet(self._registry, self._suppliers[told["list"]], arrival)

    def rebuild(self) -> None:
        events.rebuild(self._registry, self.quality.site)

    def who(self, customer: str | None) -> Principal:
        return self.quality if customer is None else self._auditors[customer]

    def waits(self) -> dict[str, list[str]]:
        """Return for what each event waits, in the form for comparing."""
        pending = events.list_events(self._registry, self.quality, ALL)
        return {
            each.event_id: sorted(form(str(name)) for name in each.waits_for)
            for each in pending
            if each.waits_for
        }

    def set_aside(self) -> dict[str, str]:
        """Return the states of the events that do not count."""
        rows = events.list_events(self._registry, self.quality, ALL)
        return {each.event_id: each.state.value for each in rows if not each.counts}

    def meet(self, names: Sequence[str]) -> None:
        """Look for units by their names, as they are now: later they may have none."""
        for name in names:
            found = units.find_units(self._registry, self.quality, name, ALL)
            self._met |= {row.id: row for row in found}

    def answers(self, asked: Asked) -> Answers:
        """Return all that is told at two times."""
        found: Answers = {}
        every: dict[Any, list[str]] = {
            (form(each.lot.manufacturer), form(each.lot.mpn), form(each.lot.code)): [each.id]
            for each in lots.list_lots(self._registry, self.quality, lots.LotFilter(), ALL)
        }
        is_plant = asked.who.party is None
        if is_plant and every:  # to an auditor a set with a lot of others is none
            every[ALL_LOTS] = [one for some in every.values() for one in some]
        for key, about in every.items():
            has_sums = is_summed(key, is_plant=is_plant)
            for level in map(Level, asked.levels):
                if level is Level.BOARD:
                    found |= self._boards(key, asked, asked.about(about, level))
                elif level is not Level.CUSTOMER or has_sums:
                    found["where-used", key, level.value] = self._where_used(asked, asked.about(about, level))
            groups = map(GroupBy, asked.groups if has_sums else ())
            for by, level in product(groups, (Level.BOARD, Level.PRODUCT)):
                question = asked.about(about, level)
                found["groups", key, level.value, by.value] = self._groups(asked, question, by)
        ids = {key: about[0] for key, about in every.items() if key != ALL_LOTS}
        for subject in asked.subjects:
            found["about", subject] = self._about(asked, subject, ids)
        return found | self._units(asked) | {"contradictions": self._anomalies(asked)}

    def _about(self, asked: Asked, subject: Subject, lot_ids: Mapping[tuple, str]) -> About:
        """Return what is told of a set, of each package that is called so, and without what is refused."""
        narrowing = Narrowing(
            first_date_code=subject.first_date,
            last_date_code=subject.last_date,
            delivery_note=None if subject.note is None else form(subject.note),
        )
        refused = [("lot", each) for each in subject.lots if each not in lot_ids]
        things = {member: tuple(getattr(subject, member)) for member in MEMBERS.values()}
        things["lots"] = tuple(lot_ids[each] for each in subject.lots if each in lot_ids)
        open_ones, rows = [things], []
        customer = None if subject.customer is None else subject.customer.casefold()
        while open_ones:
            things = open_ones.pop()
            if not any(things.values()):
                continue
            question = WhereUsedQuestion(
                about=Subjects(**things, sender=subject.sender if things["receipts"] else None),
                level=Level(subject.level),
                ever=subject.ever,
                customer=customer,
                narrowing=narrowing,
                **asked.times,
            )
            try:
                rows.append(self._rows(asked, question))
            except NotFoundError as error:
                kind, name = _refused(error)
                member = MEMBERS[kind]
                refused.append((kind, next((Lot(*key) for key, one in lot_ids.items() if one == name), name)))
                open_ones.append(things | {member: tuple(one for one in things[member] if one != name)})
            except ConflictError as error:
                kind, names = _candidates(error)
                if kind == "receipt":
                    return several(names)
                label = next(each for each in things["packages"] if repr(each) in str(error))
                others = tuple(each for each in things["packages"] if each != label)
                open_ones += [things | {"packages": (*others, each)} for each in names]
        is_told = asked.who.party is not None and len(subject.named) > 1
        return told_of(rows, set(refused) if is_told else ())

    def _anomalies(self, asked: Asked) -> dict:
        question = AnomalyQuestion(state=AnomalyState.OPEN, **asked.times)
        _, rows = anomalies.list_anomalies(self._registry, asked.who, question, ALL)
        found = (
            (
                row.anomaly.kind.value,
                tuple(sorted(each.event_id for each in row.anomaly.events if each.event_id is not None)),
                () if is_told_without_things(row.anomaly.kind) else self._things(asked, row.things),
            )
            for row in rows
        )
        # What the same events say of several names of one unit is told of each, and compared once.
        return counted({*found})

    def _things(self, asked: Asked, things: Sequence[TouchedThing]) -> tuple:
        found, others = [], []
        for each in things:
            if each.kind == "unit":
                detail = units.find_unit(self._registry, asked.who, each.id, **asked.times)
                found.append(_key(detail.unit))
            else:
                others.append(form(each.name))
        return tuple(sorted(found)), tuple(sorted(others))

    def _units(self, asked: Asked) -> Answers:
        details, inside, ever, seen = [], [], [], set()
        beside, unknown = [], []
        for row in self._met.values():
            try:
                detail = units.find_unit(self._registry, asked.who, row.id, **asked.times)
                head, content = genealogy.contents(self._registry, asked.who, row.id, page=ALL, **asked.times)
            except NotFoundError:
                continue
            if detail.unit.id in seen:
                continue  # ids that were given before it was known to be one unit
            seen.add(detail.unit.id)
            told = _detail(detail)
            if is_only_named(told[0], (*told[2:], content)):
                continue
            details.append(told)
            beside.append((told[0], tuple(sorted(touching(head.anomalies.items()).items()))))
            unknown.append((told[0], tuple(sorted(_unknown(head).items()))))
            inside.append(
                (_key(detail.unit), tuple(sorted(counted(map(_content, content)).items(), key=repr)))
            )
            if asked.ever:
                ever.append((_key(detail.unit), self._ever_in(asked, row.id)))
        return {
            "units": counted(details),
            "contents": counted(inside),
            "ever in": counted(ever),
            "touching contents": counted(beside),
            "unknown in contents": counted(unknown),
        }

    def _ever_in(self, asked: Asked, unit: str) -> tuple:
        """Return the lots that ever were in a unit, with the surest of their ways."""
        _, rows = genealogy.contents(self._registry, asked.who, unit, page=ALL, ever=True, **asked.times)
        best: dict[str, int] = {}
        for each in (row.content for row in rows if row.content.lot is not None):
            code = form(each.lot_code)
            best[code] = min(int(each.certainty), best.get(code, int(each.certainty)))
        return tuple(sorted(best.items()))

    def _boards(self, key: Any, asked: Asked, question: WhereUsedQuestion) -> Answers:
        """Return the units that hold some lots, and what stands beside; of nobody's units, to an auditor, nothing."""
        try:
            head, rows = genealogy.where_used(self._registry, asked.who, question, page=ALL)
        except NotFoundError:
            return {}
        assert sum(head.totals.values()) == len(rows)
        found: Answers = {
            ("where-used", key, "board"): counted((_key(row.unit), int(row.certainty)) for row in rows)
        }
        if rows or asked.who.party is None:
            found["touching", key] = touching(head.anomalies.items())
            found["coverage", key] = _coverage(head.coverage)
            found["unknown", key] = _unknown(head)
            found["complete", key] = head.is_complete
        return found

    def _where_used(self, asked: Asked, question: WhereUsedQuestion) -> dict:
        try:
            return self._rows(asked, question)
        except NotFoundError:
            return {}

    def _rows(self, asked: Asked, question: WhereUsedQuestion) -> dict:
        if question.level is Level.CUSTOMER:
            _, receivers = genealogy.receivers(self._registry, asked.who, question, page=ALL)
            return counted((each.name and form(each.name), int(each.certainty)) for each in receivers)
        summary, rows = genealogy.where_used(self._registry, asked.who, question, page=ALL)
        assert sum(summary.totals.values()) == len({row.unit.number for row in rows})
        if question.level is Level.SHIPMENT:
            best: dict[tuple, int] = {}
            for row in rows:
                shipment = tuple(
                    text and form(text) for text in (row.shipment, row.order, row.shipment_customer)
                )
                best[shipment] = min(best.get(shipment, 9), row.certainty)
            return counted(best.items())
        return counted((_key(row.unit), int(row.certainty)) for row in rows)

    def _groups(self, asked: Asked, question: WhereUsedQuestion, by: GroupBy) -> dict:
        try:
            _, groups = genealogy.where_used_groups(self._registry, asked.who, question, group_by=by)
        except NotFoundError:
            return {}
        return {
            (each.group and form(each.group), int(certainty)): count
            for each in groups
            for certainty, count in each.totals.items()
            if count
        }


def _coverage(told: Coverage) -> tuple:
    uses = {
        (form(each.manufacturer), form(each.mpn), basis): count
        for each in told.uses
        for basis, count in each.units.items()
    }
    return told.passed, told.built, told.reported, uses


def _unknown(head: WhereUsedSummary | ContentsSummary) -> dict[str, int]:
    told = {
        "waiting": head.unknown.waiting,
        "undecided": head.unknown.undecided,
        "unread": head.unknown.unread,
        "packages": head.unknown.packages,
        "ahead": head.dated_ahead,
    }
    return {kind: count for kind, count in told.items() if count}


def _refused(error: NotFoundError) -> tuple[str, str]:
    """Return the kind and the name of what is said not to be on record."""
    finding = error.findings[0]
    return finding.path, finding.message.partition(f" as {finding.path} ")[2].removesuffix(".")


def _candidates(error: ConflictError) -> tuple[str, list[str]]:
    """Return of what kind a name is that means several things, and which these are."""
    finding = error.findings[0]
    return finding.path, finding.message.rpartition(": ")[2].removesuffix(".").split(", ")


def _key(row: UnitRow) -> UnitKey:
    return unit_key((name.scheme.value, name.issuer_key, name.value_key) for name in row.names)


def _detail(detail: UnitDetail) -> tuple:
    unit = detail.unit
    return (
        _key(unit),
        kind_of(_key(unit), unit.kind),
        unit.product and form(unit.product),
        unit.customer and form(unit.customer),
        tuple(sorted((_key(row), place.relation.value) for row, place in detail.parents)),
        tuple(sorted((_key(row), place.relation.value) for row, place in detail.children)),
        tuple(
            sorted(
                (
                    (form(left.shipment), told and form(told), left.customer and form(left.customer))
                    for left in detail.left_with
                    for told in [left.dispatch.order]
                ),
                key=repr,
            )
        ),
    )


def _content(row: ContentRow) -> tuple:
    told = row.content
    quantity = told.quantity
    if quantity is None and told.designators:
        quantity = len(told.designators)
    return (
        _key(row.unit),
        form(row.package),
        None if told.lot is None else form(told.lot_code),
        int(told.certainty),
        told.basis,
        told.slot and form(told.slot),
        tuple(sorted(told.designators)),
        thousandths(quantity),
    )
