"""Events: append-only, as they were sent; and the names in them that do not mean one thing."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, site_column

# Only `state` and `counts` ever change.
event = Table(
    "event",
    metadata,
    site_column(),
    id_column(),
    Column("event_id", Text, nullable=False),  # the source's own
    Column("type", Text, nullable=False),
    Column("message", Text),  # name of the message of another vocabulary, such as CFX
    Column("happened_at", Instant, nullable=False),
    Column("zone_minutes", Integer, nullable=False),  # the source's offset from UTC
    Column("time_given", Boolean, nullable=False),  # false: happened_at is the time of receipt
    Column("source", Text),
    Column("body", LargeBinary, nullable=False),  # RFC 8785 canonical JSON of what was sent
    Column("digest", Text, nullable=False),
    Column("content", Text, nullable=False),  # equal for events that say the same, of one source and time
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column(
        "state", Text, nullable=False
    ),  # accepted | pending; of one that does not count: corrected | duplicate
    Column("corrects", Text),  # the source's id of the event that was an error
    Column("counts", Boolean, nullable=False),  # false: it was corrected, or an equal one counts
    Index("uq_event_event_id", "site", "event_id", unique=True),
    Index("ix_event_recorded_at", "site", "recorded_at", "id"),
    Index("ix_event_state", "site", "state", "id"),
    Index("ix_event_corrects", "site", "corrects"),
    Index("ix_event_content", "site", "content"),
    # Dated ahead of their recording: few are.
    Index(
        "ix_event_ahead",
        "site",
        "happened_at",
        sqlite_where=text("happened_at > recorded_at"),
        postgresql_where=text("happened_at > recorded_at"),
    ),
)

event_wait = Table(
    "event_wait",
    metadata,
    site_column(),
    Column("name_key", Text, primary_key=True),  # key of a domain.items.Name
    id_column("event"),
    Column("shown", Text),  # null: the line that names it is not one that waits
    Column("candidates", Text),  # JSON: ids of what the name may mean, where that is several things
    Index("ix_event_wait_event", "site", "event"),
)
