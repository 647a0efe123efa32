"""Whether the registry can do its work now."""

from aas_registry.domain.errors import DamagedError, StorageFullError, UnavailableError
from aas_registry.domain.identifiers import Site
from aas_registry.services.clock import ClockReading
from aas_registry.services.registry import Registry
from aas_registry.storage import integrity, migration
from aas_registry.storage.clock import read_clock


def require_ready(registry: Registry) -> ClockReading:
    """Return how the clock stands if the database has this program's schema, and files can be written.

    Raises:
        UnavailableError: They do not, or a request found a damaged database or a full disk.
    """
    trouble = registry.troubles.current
    if trouble is not None:
        raise UnavailableError(str(trouble), code=trouble.code) from trouble
    try:
        registry.files.probe()
        with registry.read() as connection:
            if not migration.matches(connection):
                raise UnavailableError(
                    "The database has another schema; run 'aas-registry database upgrade'."
                )
            integrity.read_a_little(connection)
            return read_clock(connection, Site(registry.settings.site), registry.watched_clock)
    except (StorageFullError, DamagedError) as error:
        raise UnavailableError(str(error), code=error.code) from error
