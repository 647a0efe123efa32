"""The metadata that all tables share, and the columns that recur."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, text

from aas_registry.storage.column_types import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def site_column() -> Column[str]:
    """Return the first column of every key."""
    return Column("site", Text, primary_key=True)


def id_column(name: str = "id") -> Column[int]:
    """Return an integer key, unique within its site, given by ``storage.ids``."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def ref_column(name: str, *, nullable: bool = False) -> Column[int]:
    """Return a column that holds the integer id of a row of the same site."""
    return Column(name, BigInteger, nullable=nullable)


def kept_apart_column() -> Column[str]:
    """Return the column that tells a row from others with the same key.

    It is empty for the row that a name stands for however it is spelled. A person, or the
    migration of parties, kept the others apart: each stands for one spelling alone, which is
    here (`storage.index_keys`: of a party with what nobody sees, of the others without).
    """
    return Column("kept_apart", Text, nullable=False, server_default="")


def index_of_few(name: str, *columns: str, where: str) -> Index:
    """Return an index of the few rows that meet a condition, on either database."""
    few = text(where)
    return Index(name, *columns, sqlite_where=few, postgresql_where=few)


def kept_apart_index(table: str) -> Index:
    """Return the index of the few rows of a table that are kept apart."""
    return index_of_few(f"ix_{table}_kept_apart", "site", "kept_apart", where="kept_apart > ''")


def recorded_columns() -> tuple[Column[int], Column[datetime], Column[datetime]]:
    """Return by which event a row came, and when it was recorded."""
    return (
        ref_column("event"),
        Column("recorded_from", Instant, nullable=False),
        Column("recorded_to", Instant),
    )


def declared_columns() -> tuple[Column[int], *tuple[Column[datetime], ...]]:
    """Return what a row has that is folded from declarations: one for each span of time."""
    return (
        id_column("version"),
        Column("valid_from", Instant),  # null: from the beginning
        Column("valid_to", Instant),
        Column("recorded_from", Instant, nullable=False),
        Column("recorded_to", Instant),
    )


def place_column() -> Column[int]:
    """Return what orders what one event says."""
    return Column("place", Integer, nullable=False)


def ranked_columns() -> tuple[Column[int], Column[int]]:
    """Return what orders what happened at the same time, and then within its event."""
    return Column("rank", BigInteger, nullable=False), place_column()
