"""How far the recording times of a site have gone, and by which clocks it relies on."""

from sqlalchemy import BigInteger, Column, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import metadata, site_column

# `recorded_at` is the newest recording time of all that is committed: the transaction that
# records something moves it on. `behind_us`: how far behind it an administrator accepted the clock.
site_clock = Table(
    "site_clock",
    metadata,
    site_column(),
    Column("recorded_at", Instant, nullable=False),
    Column("behind_us", BigInteger, nullable=False, server_default="0"),
)

# When a machine was started, by its own clock as it was last relied on. It moves when the clock
# is set, and never else; each start of a machine is one row.
machine_clock = Table(
    "machine_clock",
    metadata,
    site_column(),
    Column("machine", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
)

# A jump that an administrator confirmed, and the times of recording that it left unsure.
confirmed_jump = Table(
    "confirmed_jump",
    metadata,
    site_column(),
    Column("confirmed_at", Instant, primary_key=True),
    Column("jump_us", BigInteger, nullable=False),
    Column("unsure_from", Instant, nullable=False),
    Column("unsure_to", Instant, nullable=False),
)
