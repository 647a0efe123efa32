"""Section 1: what is on record, what of it counts at two times."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.marks import by_place, numbers_of_panels
from engine.vocabulary import Json, Line, Lot, Name, content_of, form, lines_of, lot_of, moment

CLOCK_BOUND = timedelta(minutes=5)


@dataclass(frozen=True)
class Recorded:
    """An event, or a party's list, with its time of recording.

    A list is ``{"type": "list", "list": PARTY, "deliveryNote": …, "reels": [{"label": …, "lot": {…},
    "dateCodes": […]}]}``: a later one of the party replaces what it said of the same lots on the same note.
    """

    value: Json
    at: datetime

    @property
    def id(self) -> str:
        return self.value["id"]

    @property
    def is_list(self) -> bool:
        return self.value["type"] == "list"

    @property
    def is_dated_ahead(self) -> bool:
        """[1.4] Answer whether it happened later than the clocks' bound allows."""
        return moment(self.value["happenedAt"]) > self.at + CLOCK_BOUND


@dataclass(frozen=True)
class Announced:
    """A package as a list in effect announces it."""

    label: str
    lot: Lot
    date_codes: tuple[str, ...] = ()
    note: str | None = None

    def is_of(self, name: Name) -> bool:
        """[4.5] Answer whether a label may mean it: an issuer is compared with the manufacturer."""
        return self.label == name.value and name.issuer in {"", self.lot.manufacturer}


@dataclass
class Standing:
    """What counts at one time of happening and one of recording."""

    lines: list[Line]
    announced: list[Announced]
    rings: list[list[str]]
    ahead: list[Line]
    events: dict[str, Json]


def taken_in(arrivals: list[Recorded]) -> list[Recorded]:
    """[1.2] Return what is kept: of one id, the first; the same again, or other content, adds nothing."""
    kept: dict[str, Recorded] = {}
    lists = []
    for each in sorted(arrivals, key=lambda one: one.at):
        if each.is_list:
            lists.append(each)
        else:
            kept.setdefault(each.id, each)
    return [*kept.values(), *lists]


def in_effect(events: dict[str, Json]) -> tuple[set[str], list[list[str]]]:
    """[1.3] Return the ids of the events in effect, and the rings of corrections.

    What nobody names stands; what something that stands names, falls; what only fallen ones name,
    stands. Only corrections in a ring stay open: they take nothing away, so they stand.
    """
    like = _like_one_of_a_ring(events)
    first = _settled(events, set(like))
    # [1.2] Of equal ones in effect one says something: the other is no way out of the ring.
    stands = _settled(events, {each for each, member in like.items() if first.get(member, True)})
    open_ones = [each for each in events if each not in stands]
    return {each for each in events if stands.get(each, True)}, _rings(open_ones, events)


def _like_one_of_a_ring(events: dict[str, Json]) -> dict[str, str]:
    """Return the corrections that equal a member of a ring, and are none, with that member."""
    said = {content_of(each): name for name, each in events.items() if _is_in_ring(name, events)}
    return {
        name: said[content_of(each)]
        for name, each in events.items()
        if content_of(each) in said and not _is_in_ring(name, events)
    }


def _is_in_ring(name: str, events: dict[str, Json]) -> bool:
    seen, each = set[str](), events[name].get("corrects")
    while each in events and each not in seen and each != name:
        seen.add(each)
        each = events[each].get("corrects")
    return each == name


def _settled(events: dict[str, Json], silent: set[str]) -> dict[str, bool]:
    """Return of all events but those in a ring whether they stand, where some of them say nothing."""
    by: dict[str, list[str]] = {each: [] for each in events}
    for each, event in events.items():
        if event["type"] == "correction" and event["corrects"] in events and each not in silent:
            by[event["corrects"]].append(each)
    stands: dict[str, bool] = {}
    settled = -1
    while settled != len(stands):
        settled = len(stands)
        for each, named_by in by.items():
            if any(stands.get(one) for one in named_by):
                stands[each] = False
            elif all(stands.get(one) is False for one in named_by):
                stands[each] = True
    return stands


def _rings(members: list[str], events: dict[str, Json]) -> list[list[str]]:
    left, rings = set(members), []
    while left:
        ring = [min(left)]
        while (following := events[ring[-1]]["corrects"]) != ring[0]:
            ring.append(following)
        left -= set(ring)
        rings.append(sorted(ring))
    return rings


def first_of_equals(kept: list[Recorded], effective: set[str]) -> list[Recorded]:
    """[1.2] Return, of equal events in effect, the one that was recorded first."""
    found: dict[str, Recorded] = {}
    for each in sorted(kept, key=lambda one: one.at):
        if not each.is_list and each.id in effective:
            found.setdefault(content_of(each.value), each)
    return list(found.values())


def standing(kept: list[Recorded], as_of: datetime, recorded_as_of: datetime) -> Standing:
    """Return what counts as of one time, as recorded at another."""
    there = [each for each in kept if each.at <= recorded_as_of]  # [1.1]
    events = [each for each in there if not each.is_list]
    effective, rings = in_effect({each.id: each.value for each in events})
    told = first_of_equals(there, effective)
    # [1.4] What it names, says that packages hold and corrects counts at once; all else at its time.
    ahead = [each for each in told if each.is_dated_ahead and moment(each.value["happenedAt"]) > as_of]
    every = [
        replace(line, is_dated_ahead=each.is_dated_ahead) for each in told for line in lines_of(each.value)
    ]
    every = by_place(every, numbers_of_panels(every))  # [4.6]
    later = {each.id for each in ahead}
    return Standing(
        lines=sorted(
            (line for line in every if line.event not in later or line.kind != "feed"),
            key=lambda line: line.key,
        ),
        announced=_announced(there),
        rings=rings,
        ahead=[line for line in every if line.event in later],
        events={each.id: each.value for each in told},
    )


def _announced(there: list[Recorded]) -> list[Announced]:
    # [4.5] A list is in effect from its recording until it is replaced.
    said: dict[tuple[str, Lot, str], list[Announced]] = {}
    codes: dict[tuple[str, Lot], tuple[str, ...]] = {}
    for each in (one for one in there if one.is_list):
        party, written = each.value["list"], defaultdict[Lot, tuple[str, ...]](tuple)
        new: dict[tuple[str, Lot, str], list[Announced]] = defaultdict(list)
        note = form(each.value.get("deliveryNote"))
        for reel in each.value["reels"]:
            lot = lot_of(reel["lot"])
            written[lot] += tuple(map(form, reel.get("dateCodes", ())))
            new[party, lot, note].append(Announced(form(reel["label"]), lot, note=note or None))
        said |= new
        # [9.1] The document of a lot is that of the party's last list, whatever the delivery note.
        codes |= {(party, lot): some for lot, some in written.items()}
    return [
        replace(one, date_codes=codes[party, lot]) for (party, lot, _), some in said.items() for one in some
    ]
