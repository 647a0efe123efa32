"""Set-ups that say another package than a report does: the report holds.

Source:
    docs/semantics.md, 7.3 and 7.8.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.anomalies import Anomaly, AnomalyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodSetUp:
    """What a slot of a station held for a while; ``package`` is None for nothing."""

    station: int
    slot_key: str
    package: int | None
    event: int
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPass:
    """A unit's pass of a run: where, and by which events it was told."""

    run: int
    number: int
    passed_at: datetime
    stations: frozenset[int]
    events: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReport:
    """What a report says that a unit got from a slot.

    Attributes:
        run: In which run; of none, it is of no pass but those that its event tells.
        station: The station of that run.
        alternatives: What the packages of which it may be one have in common; None where it is this one.
    """

    slot_key: str
    package: int
    event: int
    used_at: datetime
    run: int | None = None
    station: int | None = None
    alternatives: str | None = None


def find_contradicted(
    unit: int, passes: Iterable[ToldPass], reports: Iterable[SlotReport], stood: Iterable[StoodSetUp]
) -> Iterator[Anomaly]:
    """Yield where reports about a unit say another package than a set-up, once for the same events."""
    said, held = list(reports), list(stood)
    found: list[tuple[datetime, str, frozenset[int]]] = []
    for passed in passes:
        for each in held:
            against = list(_against(each, passed, said)) if _stood_at(each, passed) else ()
            if against:
                events = frozenset({each.event, *(report.event for report in against)})
                since = max(passed.passed_at, min(report.used_at for report in against))
                found.append((since, f"{passed.run} {passed.number} {each.station} {each.slot_key}", events))
    for events in dict.fromkeys(events for *_, events in sorted(found, key=lambda one: one[:2])):
        here = sorted((since, key) for since, key, said_by in found if said_by == events)
        yield Anomaly(
            kind=AnomalyKind.SETUP_AGAINST_REPORT,
            subject=unit,
            key="\n".join(dict.fromkeys(sorted(key for _, key in here))),
            events=events,
            things=frozenset({unit}),
            holds_from=here[0][0],
        )


def _stood_at(held: StoodSetUp, passed: ToldPass) -> bool:
    is_there = held.station in passed.stations and held.valid_from <= passed.passed_at
    return is_there and (held.valid_to is None or passed.passed_at < held.valid_to)


def _against(held: StoodSetUp, passed: ToldPass, said: Iterable[SlotReport]) -> Iterator[SlotReport]:
    about = [each for each in said if each.slot_key == held.slot_key and _is_about(each, held, passed)]
    agreed = {(each.event, each.alternatives) for each in about if each.package == held.package}
    for each in about:
        is_one_of_several = each.alternatives is not None and (each.event, each.alternatives) in agreed
        if each.package != held.package and not is_one_of_several:
            yield each


def _is_about(report: SlotReport, held: StoodSetUp, passed: ToldPass) -> bool:
    return report.event in passed.events or report.run == passed.run or report.station == held.station
