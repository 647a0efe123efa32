"""The metadata that all tables share, and the columns that recur."""

from sqlalchemy import BigInteger, Column, MetaData, Text

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
