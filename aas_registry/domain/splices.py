"""Splices: where the zone of a run ends in which a label may hold the old reel or the new one.

The zone begins at the splice. It ends at the run's number, or the time, that was said; else when
as many pieces as the grey zone has were used by the label since; else with the label's next splice.
What is not known yet keeps it open: nothing is sure too early.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """What was said of a splice's zone.

    Attributes:
        begins: When the reels were joined.
        until: The last time at which it holds.
        number: The last number of a run that is in it.
        pieces: How many pieces may be of either, in the label's unit of measure.
    """

    begins: datetime
    until: datetime | None = None
    number: int | None = None
    pieces: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of a spliced label: ``before`` its splices, ``within`` a zone, ``between`` two, or ``after``."""

    place: str
    begins: datetime | None
    ends: datetime | None


def stretches(zones: Iterable[tuple[datetime, datetime | None]]) -> Iterator[Stretch]:
    """Yield the stretches into which zones cut a label's time, in order.

    Args:
        zones: When each began, and ended; None while it has not. One ends with the next splice at the latest.
    """
    ordered = sorted(dict(zones).items())
    if not ordered:
        return
    place, since = "before", None
    nexts = [*(begins for begins, _ in ordered[1:]), None]
    for (begins, ends), following in zip(ordered, nexts, strict=True):
        if since is None or since < begins:
            yield Stretch(place, since, begins)
        over = min((at for at in (ends, following) if at is not None), default=None)
        if over is None or over > begins:
            yield Stretch("within", begins, over)
        if over is None:
            return
        place, since = "between", over
    yield Stretch("after", since, None)


def zone_end(
    zone: Zone, *, passes: Iterable[tuple[int, datetime]], uses: Iterable[tuple[datetime, Decimal]]
) -> datetime | None:
    """Return from when on a label holds the new reel only; None while that is not known.

    Args:
        zone: What was said.
        passes: Numbers of the run, each with the time when its unit passed or was given the material.
        uses: When pieces of the label were used, and how many.
    """
    if zone.until is not None:
        return max(zone.until + _INSTANT, zone.begins)
    if zone.number is not None:
        return _end_by_number(zone.begins, zone.number, passes)
    if zone.pieces is not None:
        return _end_by_pieces(zone.begins, zone.pieces, uses)
    return None


def _end_by_number(begins: datetime, number: int, passes: Iterable[tuple[int, datetime]]) -> datetime | None:
    # In reversed order the numbers beyond come first: the zone is over after its last unit.
    every = list(passes)
    if all(place < number for place, _ in every):
        return None
    within = [at for place, at in every if place <= number and at >= begins]
    return max(within) + _INSTANT if within else begins


def _end_by_pieces(
    begins: datetime, pieces: Decimal, uses: Iterable[tuple[datetime, Decimal]]
) -> datetime | None:
    used, end = Decimal(0), begins
    for at, many in sorted(use for use in uses if use[0] >= begins):
        if used >= pieces and at >= end:
            break
        used, end = used + many, at + _INSTANT
    return end if used >= pieces else None
