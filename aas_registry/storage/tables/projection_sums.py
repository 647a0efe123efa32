"""What the projection's tables hold, in one number each: a rebuild must come to the same."""

from sqlalchemy import BigInteger, Column, Table, Text

from aas_registry.storage.tables.base import metadata, site_column

# Of each table of the projection, how many rows it has, and the sum of their hashes.
projection_sum = Table(
    "projection_sum",
    metadata,
    site_column(),
    Column("table_name", Text, primary_key=True),
    Column("row_count", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),  # 32 hexadecimal digits
)
