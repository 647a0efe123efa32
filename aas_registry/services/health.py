"""Whether the registry can do its work now."""

from aas_registry.domain.errors import DamagedError, StorageFullError, UnavailableError
from aas_registry.services.registry import Registry
from aas_registry.storage import integrity, migration


def require_ready(registry: Registry) -> None:
    """Return if the database answers with the schema that this program needs, and files can be written.

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
    except (StorageFullError, DamagedError) as error:
        raise UnavailableError(str(error), code=error.code) from error
