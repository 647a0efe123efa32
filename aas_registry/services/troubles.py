"""What kept this process from reading or writing: for whoever asks whether it is ready."""

from dataclasses import dataclass
from time import monotonic

from aas_registry.domain.errors import DamagedError, RegistryError, StorageFullError

_FULL_FOR_S = 60.0


@dataclass(slots=True)
class Troubles:
    """The last of each kind; damage stays until the process ends, want of room for a minute."""

    _damage: DamagedError | None = None
    _full: StorageFullError | None = None
    _full_since_s: float = 0.0

    def note(self, error: RegistryError) -> None:
        """Remember an error, if it is of a kind that the next request would meet again."""
        if isinstance(error, DamagedError):
            self._damage = error
        elif isinstance(error, StorageFullError):
            self._full, self._full_since_s = error, monotonic()

    @property
    def current(self) -> RegistryError | None:
        """Return what is likely to fail again; None where nothing is."""
        if self._damage is not None:
            return self._damage
        return self._full if monotonic() - self._full_since_s < _FULL_FOR_S else None
