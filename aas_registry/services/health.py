"""Whether the registry can do its work now."""

from aas_registry.domain.errors import UnavailableError
from aas_registry.services.registry import Registry
from aas_registry.storage import migration


def require_ready(registry: Registry) -> None:
    """Return if the database answers with the schema that this program needs.

    Raises:
        UnavailableError: It does not.
    """
    with registry.read() as connection:
        if not migration.matches(connection):
            raise UnavailableError("The database has another schema; run 'aas-registry database upgrade'.")
