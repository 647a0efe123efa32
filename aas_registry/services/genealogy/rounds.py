"""Events are applied in rounds: what one round makes known, or gives back, is applied in the next."""

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import DamagedError, RefusedError
from aas_registry.domain.events import Event, EventState, corrected_by
from aas_registry.domain.findings import error
from aas_registry.domain.identifiers import Site
from aas_registry.formats.events.json import RawEvent, understand
from aas_registry.formats.events.lines import only_about
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import effects
from aas_registry.storage.genealogy import events as event_rows
from aas_registry.storage.genealogy.events import NewEvent, StoredEvent
from aas_registry.storage.genealogy.projection import Projection, Unresolved

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class ArrivedEvent:
    """An event that is not on record yet.

    Attributes:
        place: In the request.
        said: What it says.
        message: Name of the message, for a body that does not name itself.
        body: The canonical bytes that are kept of it.
        digest: Of the body.
        number: Given when it is taken.
        duplicate_of: The id of the event that says the same and counts; None for none.
    """

    place: int
    said: Event
    message: str | None
    body: bytes
    digest: str = field(init=False)
    number: int = 0
    duplicate_of: str | None = None

    def __post_init__(self) -> None:
        """Compute the digest."""
        self.digest = digest_of(self.body)


class Rounds:
    """Applies events within one writing transaction.

    Attributes:
        arrivals: What was taken.
        waits: By number of the event, the names in it that do not mean one thing.
    """

    def __init__(self, registry: Registry, connection: Connection, site: Site, *, now: datetime) -> None:
        """Apply events to ``site``; they are recorded at ``now``."""
        self.connection = connection
        self.site = site
        self.arrivals: list[ArrivedEvent] = []
        self.waits: dict[int, list[Unresolved]] = {}
        self._pending: set[int] = set()
        self._registry = registry
        self._now = now
        self._projection = Projection(connection, registry.allocator, site, now=now)

    def take(self, arrivals: Sequence[ArrivedEvent], *, recorded_by: str) -> None:
        """Apply new events, store them, and apply what they wake."""
        numbers = self._registry.allocator.take(self.connection, self.site, "event", len(arrivals))
        for each, number in zip(arrivals, numbers, strict=True):
            each.number = number
        self.arrivals.extend(arrivals)
        first = self._first([each.said for each in arrivals])
        for each in arrivals:
            if first[each.said.content] != each.said.event_id:
                each.duplicate_of = first[each.said.content]
        self._try([(each.number, each.said) for each in arrivals if each.duplicate_of is None])
        rows = event_rows.add_events(
            self.connection,
            self.site,
            [
                NewEvent(
                    id=each.number,
                    said=each.said,
                    message=each.message,
                    body=each.body,
                    digest=each.digest,
                    state=EventState.DUPLICATE if each.duplicate_of else self.state_of(each.number),
                    counts=each.duplicate_of is None,
                )
                for each in arrivals
            ],
            recorded_by=recorded_by,
            now=self._now,
        )
        self._projection.count_events(rows)
        self._settle([(each.number, each.said) for each in arrivals])

    def relist(self, labels: Collection[str]) -> None:
        """Apply again what names packages of which lists say something else now."""
        self._projection.relist(labels)
        self._settle([])

    def replay(self, stored: Sequence[StoredEvent]) -> int:
        """Apply events that are on record; return how many."""
        told = [(each.id, understood(each, self._registry)) for each in stored]
        first = self._first([said for _, said in told])
        counted = [(number, said) for number, said in told if first[said.content] == said.event_id]
        event_rows.set_counts(self.connection, self.site, [number for number, _ in counted])
        self._try(counted)
        heard = [(said.source, said.happened_at) for _, said in told if said.source is not None]
        event_rows.hear(self.connection, self.site, heard, now=self._now)
        self._set_states([number for number, _ in counted])
        rest = {number for number, _ in told}.difference(number for number, _ in counted)
        event_rows.set_states(self.connection, self.site, sorted(rest), EventState.DUPLICATE)
        self._settle(told)
        return len(told)

    def conclude(self) -> None:
        """Find out what does not fit, once everything of one time of recording is applied."""
        self._projection.conclude()

    def state_of(self, number: int) -> EventState:
        """Return what became of an event."""
        applied = EventState.PENDING if number in self._pending else EventState.ACCEPTED
        return self._projection.set_aside.get(number, applied)

    def counted_instead(self) -> Mapping[str, str]:
        """Return, of what the events taken say was an error, the ids of equal events that count now."""
        said = (corrected_by(each.said) for each in self.arrivals)
        named = {each for each in said if each is not None}
        return effects.counted_instead(self.connection, self.site, named)

    def _first(self, events: Iterable[Event]) -> dict[str, str]:
        said = list(events)
        counted = effects.counted_ones(self.connection, self.site, [each.content for each in said])
        for each in said:
            counted.setdefault(each.content, each.event_id)
        return counted

    def _try(
        self, events: Sequence[tuple[int, Event]], recorded: Mapping[int, datetime] | None = None
    ) -> None:
        """Apply events; those that are not said to have been recorded earlier are recorded now."""
        projection, earlier = self._projection, recorded or {}
        projection.load(events)
        for number, said in events:
            unresolved = projection.unresolved(said, number)
            self.waits.pop(number, None)
            if unresolved:
                self.waits[number] = unresolved
            self._pending.discard(number)
            if not projection.apply(said, number, earlier.get(number, self._now)):
                self._pending.add(number)

    def _settle(self, told: Sequence[tuple[int, Event]]) -> None:
        projection = self._projection
        projection.accept(told)
        self._note_waits([number for number, _ in told])
        while True:
            known, renewed = projection.finish()
            woken = event_rows.wake(self.connection, self.site, known)
            given_back = event_rows.by_number(self.connection, self.site, renewed)
            again = {each.id: each for each in (*woken, *given_back) if each.counts}
            silent = [each.id for each in woken if not each.counts]
            event_rows.forget_waits(self.connection, self.site, silent)
            told_again = self._told_again(again.values(), applied=set(renewed))
            if not told_again:
                return
            for each in self.arrivals:
                if each.number in again:  # what it was a duplicate of was corrected meanwhile
                    each.duplicate_of = None
            numbers = [number for number, _ in told_again]
            projection.hold(numbers)
            self._try(told_again, {number: again[number].recorded_at for number in numbers})
            self._set_states(numbers)
            event_rows.forget_waits(self.connection, self.site, numbers)
            self._note_waits(numbers)

    def _told_again(
        self, stored: Iterable[StoredEvent], *, applied: Collection[int]
    ) -> list[tuple[int, Event]]:
        """Return what events say that are applied again; a damaged one that only waited is passed over."""
        told: list[tuple[int, Event]] = []
        for each in stored:
            try:
                told.append((each.id, understood(each, self._registry)))
            except DamagedError as damage:
                if each.id in applied:
                    raise
                _log.error("%s: %s", damage.code.value, damage)
        return told

    def _set_states(self, numbers: Sequence[int]) -> None:
        for state in (EventState.ACCEPTED, EventState.PENDING):
            such = [number for number in numbers if self.state_of(number) is state]
            event_rows.set_states(self.connection, self.site, such, state)

    def _note_waits(self, numbers: Sequence[int]) -> None:
        waits = [
            (number, each.name, each.candidates, each.is_told)
            for number in numbers
            for each in self.waits.get(number, ())
        ]
        event_rows.add_waits(self.connection, self.site, waits)


def understood(stored: StoredEvent, registry: Registry, *, about: Collection[str] | None = None) -> Event:
    """Return what an event on record says, read as it was taken.

    Args:
        stored: The event.
        registry: The running parts.
        about: Of its lists of units, those lines alone that may name a unit so (`only_about`); None: all.

    Raises:
        DamagedError: It cannot be understood, though it was taken once; whoever asks, or sends another
            event, is not at fault.
    """
    try:
        value = json.loads(stored.body)
        sent = value if about is None else only_about(value, about)
        raw = RawEvent(value=sent, message=stored.message, is_on_record=True)
        said, _ = understand(raw, registry.limits, received_at=stored.happened_at)
    except (RefusedError, ValueError) as cause:
        code = Code.EVENT_UNREADABLE
        found = error(code, code.meaning, path=stored.event_id, value=str(cause)[:200])
        message = f"The event {stored.event_id} on record cannot be understood: {cause}"
        raise DamagedError(message, code=code, findings=[found]) from cause
    return said
