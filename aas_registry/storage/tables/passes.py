"""Set-ups of stations, completed passes, and lines that wait: derived from events, as all genealogy."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from aas_registry.storage.column_types import Instant, Quantity
from aas_registry.storage.tables.base import (
    id_column,
    index_of_few,
    metadata,
    place_column,
    recorded_columns,
    ref_column,
    site_column,
)

# What was said of a slot of a station.
slot_change = Table(
    "slot_change",
    metadata,
    site_column(),
    id_column(),
    ref_column("station"),
    Column("slot_key", Text),  # null: any slot that holds the package holds nothing from now on
    Column("slot", Text),
    ref_column("package", nullable=True),  # null: nothing, or what is not known yet
    Column("is_awaited", Boolean, nullable=False),  # it is not known yet which package
    Column("designators", Text),  # one a line
    Column("quantity_per_unit", Quantity),
    Column("unit_of_measure", Text),
    Column("happened_at", Instant, nullable=False),
    Column("rank", BigInteger, nullable=False),  # orders what happened at the same time
    place_column(),
    *recorded_columns(),
    Index("ix_slot_change_slot", "site", "station", "slot_key", "happened_at"),
    Index("ix_slot_change_package", "site", "package", "station"),
    Index("ix_slot_change_event", "site", "event"),
)

# Derived from these: what stood in a slot, until another was said of it.
set_up = Table(
    "set_up",
    metadata,
    site_column(),
    id_column(),
    ref_column("station"),
    Column("slot_key", Text, nullable=False),
    Column("slot", Text, nullable=False),
    ref_column("package", nullable=True),
    Column("is_awaited", Boolean, nullable=False),
    Column("designators", Text),
    Column("quantity_per_unit", Quantity),
    Column("unit_of_measure", Text),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    place_column(),
    *recorded_columns(),
    Index("ix_set_up_slot", "site", "station", "slot_key", "valid_from"),
    Index("ix_set_up_time", "site", "station", "valid_to"),
    # Every question about a package asks for its set-ups: most were in none.
    index_of_few("ix_set_up_package", "site", "package", where="package IS NOT NULL"),
)

# The work on a unit was completed: in a run (a station's own is that of its id), or in every run that
# the unit passed, at a station where one is given.
completion = Table(
    "completion",
    metadata,
    site_column(),
    id_column(),
    ref_column("unit", nullable=True),  # null: every unit of this run that passed at this sequence
    ref_column("run", nullable=True),
    Column("seq", BigInteger),
    ref_column("station", nullable=True),
    Column("happened_at", Instant, nullable=False),
    *recorded_columns(),
    Index("ix_completion_unit", "site", "unit"),
    Index("ix_completion_run", "site", "run", "seq"),
    Index("ix_completion_event", "site", "event"),
)

# What of an event is not applied, since a name in it is not known, or means several things, or since it
# could not be read.
waiting_line = Table(
    "waiting_line",
    metadata,
    site_column(),
    id_column(),
    place_column(),
    Column("brings", Boolean, nullable=False),  # it says that material went somewhere
    ref_column("material", nullable=True),  # package, or lot, that it is of; null: not known which
    ref_column("unit", nullable=True),  # a unit that it names
    Column("passes", Boolean, nullable=False),  # it says that units passed, or completed, a run
    ref_column("run", nullable=True),  # of a range: the run, and the numbers; of a pass: null is any run
    Column("seq_from", BigInteger),
    Column("seq_to", BigInteger),
    ref_column("station", nullable=True),  # of a set-up that could not be read: the station, and the slot
    Column("slot_key", Text),
    Column("is_undecided", Boolean, nullable=False),  # a name in it means several things
    Column("is_unread", Boolean, nullable=False),  # it could not be read
    Column("happened_at", Instant, nullable=False),
    *recorded_columns(),
    Index("ix_waiting_line_material", "site", "material"),
    Index("ix_waiting_line_unit", "site", "unit"),
    Index("ix_waiting_line_event", "site", "event"),
)

# Derived: a package of which nobody said what lot it holds.
bare_package = Table(
    "bare_package",
    metadata,
    site_column(),
    id_column(),
    ref_column("package"),
    Column("known_from", Instant),  # a question as of then, or later, knows of a lot
    Column("valid_to", Instant),  # what is used then, or later, is of a known lot
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Index("ix_bare_package_package", "site", "package"),
)
