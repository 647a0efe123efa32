"""The two times of a question: decided once, and told in its answer."""

from dataclasses import replace
from datetime import datetime

from aas_registry.domain.genealogy import AsRecorded, Moment
from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import Registry
from aas_registry.storage.clock import as_recorded
from aas_registry.storage.database import Connection

__all__ = ["answered_at", "moment_now"]


def answered_at(
    registry: Registry,
    connection: Connection,
    site: Site,
    *,
    as_of: datetime | None,
    recorded_as_of: datetime | None,
) -> tuple[AsRecorded, Moment]:
    """Return which times a question is answered for, to be told, and as what it is asked with.

    Args:
        registry: The running parts.
        connection: The snapshot that answers.
        site: Whose.
        as_of: The time of happening that was asked for; None: now, as `ClockReading.asked_at` tells it.
        recorded_as_of: The time of recording that was asked for; None: the last.
    """
    recorded = as_recorded(connection, site, recorded_as_of)
    at = as_of or registry.clock_reading(connection, site).asked_at
    moment = Moment(as_of=at, recorded_as_of=None if recorded.is_last else recorded.at)
    return replace(recorded, as_of=at), moment


def moment_now(registry: Registry, connection: Connection, site: Site) -> Moment:
    """Return now, with everything that is on record."""
    return Moment(as_of=registry.clock_reading(connection, site).asked_at)
