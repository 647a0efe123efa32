"""The registry's own secrets: made once, shared by all workers, part of a backup."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from aas_registry.storage.tables.system import secret


def find_secret(connection: Connection, name: str) -> bytes | None:
    """Return a secret, or None where none was made yet."""
    found: bytes | None = connection.execute(select(secret.c.value).where(secret.c.name == name)).scalar()
    return found


def add_secret(connection: Connection, name: str, value: bytes, *, now: datetime) -> None:
    """Store a secret under a name that is not taken."""
    connection.execute(insert(secret).values(name=name, value=value, created_at=now))
