"""What was accepted and does not fit: derived from the facts in effect, see `domain.anomalies`.

A row whose events, things or times change is ended and written again; it stays the same anomaly,
known since the first. What an event resolved names it; what was only written again does not.
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
    Index("ix_anomaly_event_event", "site", "event"),
)

anomaly_thing = Table(
    "anomaly_thing",
    metadata,
    site_column(),
    id_column("anomaly"),
    id_column("thing"),  # unit or package
    Index("ix_anomaly_thing_thing", "site", "thing"),
)

# In which units of measure a package was used or counted. In the one in which its content was said,
# how much that is, and how much was taken at most: a range counts whole, whether its units passed or not.
package_draw = Table(
    "package_draw",
    metadata,
    site_column(),
    id_column("package"),
    Column("measure", Text, primary_key=True),
    Column("inside", Quantity),
    Column("at_most", Quantity),
)
