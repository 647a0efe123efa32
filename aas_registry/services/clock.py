"""The clock: how it stands beside what is on record, and an administrator's word that it is right."""

from datetime import timedelta

from aas_registry.domain.clock import ClockReading
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.registry import Registry
from aas_registry.storage.clock import accept_clock, read_clock

__all__ = ["ClockReading", "confirm_clock", "look_at_clock"]


def look_at_clock(registry: Registry, site: Site) -> ClockReading:
    """Return how the clock stands; while it has jumped, nothing is recorded for the site."""
    with registry.read() as connection:
        return read_clock(connection, site, registry.watched_clock)


def confirm_clock(registry: Registry, principal: Principal, *, jump_s: float, reason: str) -> ClockReading:
    """Say that the clock is right although it jumped; from then on it is relied on as it is.

    Recordings go on from the last one: until a clock that was set back has caught up, each is a
    microsecond after the one before it.

    Args:
        registry: The running parts.
        principal: The administrator.
        jump_s: The jump that is meant, in seconds, as `look_at_clock` told it; negative for back.
        reason: Why it is right, for the audit trail.

    Raises:
        ConflictError: The clock did not jump, or by something else (``CLOCK-NOT-AS-TOLD``).
    """
    site, watched = principal.site, registry.watched_clock
    with registry.write(site, even_after_jump=True) as connection:
        reading = read_clock(connection, site, watched)
        meant = timedelta(seconds=jump_s)
        if reading.jump is None or abs(reading.jump - meant) > watched.tolerance:
            raise ConflictError(Code.CLOCK_NOT_AS_TOLD.meaning, code=Code.CLOCK_NOT_AS_TOLD)
        accept_clock(connection, site, watched, reading, jump=reading.jump)
        said = f"{reading.jump.total_seconds():+.0f} s at {reading.now.isoformat()}: {reason}"
        audit.record(registry, connection, principal, "clock confirmed", site, said)
        return read_clock(connection, site, watched)
