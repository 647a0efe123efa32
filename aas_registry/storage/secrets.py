"""The registry's own secrets that belong to its rows: made once, shared by all workers, part of a backup."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from aas_registry.storage.tables.system import secret


def find_secrets(connection: Connection) -> dict[str, bytes]:
    """Return every secret by its name."""
    found = connection.execute(select(secret.c.name, secret.c.value))
    return {row.name: bytes(row.value) for row in found}


def add_secret(connection: Connection, name: str, value: bytes, *, now: datetime) -> None:
    """Store a secret under a name that is not taken."""
    connection.execute(insert(secret).values(name=name, value=value, created_at=now))
