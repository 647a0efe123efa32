"""What every event of our own vocabulary has, and what those of a run have."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field, WrapValidator

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.events import EventFact, RunStated
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.passes import place_outside_runs
from aas_registry.formats.events.lines import read_lines
from aas_registry.formats.events.values import (
    EventModel,
    LongText,
    Text,
    Time,
    UnitRef,
    id_alone,
    station_name,
)

Units = Annotated[list[UnitRef], Field(min_length=1, max_length=10_000), WrapValidator(read_lines)]


class EventBase(EventModel):
    """An event: its id, time and source."""

    id: Text = Field(description="The source's own id of the event; sent twice, it counts once.")
    happened_at: Time
    source: Text | None = Field(None, description="Who reports: a station, a line, an MES.")
    operator: Text | None = Field(None, description="A pseudonym, never a person's name.")
    note: LongText | None = None

    @abstractmethod
    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""


class Run(EventModel):
    """A run, with what is known of it."""

    id: Text
    line: Text | None = None
    station: Text | None = None
    side: Text | None = None
    operation: Text | None = None
    program: Text | None = None
    revision: Text | None = None
    opened_at: Time | None = None
    closed_at: Time | None = None

    @property
    def name(self) -> Name:
        """Return the run's name."""
        return Name(Scheme.RUN, self.id)

    def stated(self) -> RunStated:
        """Return what is said about the run."""
        station = station_name(self.station)
        return RunStated(run=self.name, station=station, **self.model_dump(exclude={"id", "station"}))


RunRef = Annotated[Run, BeforeValidator(id_alone, json_schema_input_type=Text | Run)]


class EventWithRun(EventBase):
    """An event that may belong to a run."""

    run: RunRef | None = Field(None, description="The run's id, or the run with what is known of it.")

    def run_name(self) -> Name | None:
        """Return the name of the run."""
        return None if self.run is None else self.run.name

    def number_at(self, place: int, first: int | None) -> int:
        """Return the number of a unit in the run: at its place in the list, counted from the first number.

        Where no number is said, it is one that no range of a run holds.
        """
        return place_outside_runs(digest_of(self.id.encode())) if first is None else first + place

    def run_stated(self) -> Iterator[EventFact]:
        """Yield what the event says about its run."""
        if self.run is not None and self.run.model_fields_set != {"id"}:
            yield self.run.stated()
