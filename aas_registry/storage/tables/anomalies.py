"""What was accepted and does not fit: derived from the facts in effect, see `domain.anomalies`.

A row says of one span of time of happening that it holds: what holds for several, or changes with time,
has several rows, and at one time one of them. A row whose events, things or times change is ended and
written again; it stays the same anomaly, known since the first. Where that became only of a part of its
span, it is parted before. What an event resolved names it; what was only written again does not.
"""

from sqlalchemy import Boolean, Column, Index, Table, Text

from aas_registry.storage.column_types import Instant, Quantity
from aas_registry.storage.tables.base import id_column, index_of_few, metadata, ref_column, site_column

anomaly = Table(
    "anomaly",
    metadata,
    site_column(),
    id_column(),
    Column("kind", Text, nullable=False),
    ref_column("subject"),  # the unit, package, run or event where it was found
    Column("key", Text, nullable=False),  # tells several of one subject apart
    Column("holds_from", Instant),  # times of happening between which it holds
    Column("holds_until", Instant),
    Column("known_since", Instant, nullable=False),
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Column("renewed", Boolean, nullable=False),  # it ended only to be written again
    ref_column("resolved_by", nullable=True),  # event
    Index("ix_anomaly_subject", "site", "subject", "kind"),
    Index("ix_anomaly_known_since", "site", "known_since", "id"),
    index_of_few("ix_anomaly_open", "site", "kind", "subject", where="recorded_to IS NULL"),
)

anomaly_event = Table(
    "anomaly_event",
    metadata,
    site_column(),
    id_column("anomaly"),
    id_column("event"),
    Column("since", Instant),  # from this time of happening on; null: as long as the anomaly holds
    Index("ix_anomaly_event_event", "site", "event"),
)

anomaly_thing = Table(
    "anomaly_thing",
    metadata,
    site_column(),
    id_column("anomaly"),
    id_column("thing"),  # unit or package
    Column("since", Instant),
    Index("ix_anomaly_thing_thing", "site", "thing"),
)

# In which units of measure a package was used or counted. In the one in which its content was said,
# how much that is at last, and how much was taken at most: a range counts whole, whatever of it passed.
package_draw = Table(
    "package_draw",
    metadata,
    site_column(),
    id_column("package"),
    Column("measure", Text, primary_key=True),
    Column("inside", Quantity),
    Column("inside_since", Instant),  # before, as much was not said to be in it; null: it always was
    Column("at_most", Quantity),
)
