"""The audit trail: who did what when, written in the transaction that does it."""

from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, PrincipalKind
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import access as access_table
from aas_registry.storage.access import AuditEntry
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection


def record(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    what: str,
    subject: str,
    detail: str | None = None,
) -> None:
    """Append an entry: a verb and noun, what it is about, and a word of detail."""
    access_table.record_audit(
        connection,
        registry.allocator,
        principal,
        what=what,
        subject=subject,
        now=recording_time(connection),
        detail=detail,
    )


def list_audit(
    registry: Registry, principal: Principal, page: PageRequest
) -> list[tuple[AuditEntry, str | None]]:
    """Return entries, newest first, one more than asked where there is a next page.

    With each comes the id of the token that did it, as the list of tokens gives it; else None.
    """
    with registry.read() as connection:
        found = access_table.list_audit(connection, principal.site, page)
    return [(each, _token_of(registry, principal, each)) for each in found]


def _token_of(registry: Registry, principal: Principal, entry: AuditEntry) -> str | None:
    if entry.kind != PrincipalKind.TOKEN or entry.number is None:
        return None
    return to_public(registry, principal.site, Noun.TOKEN, entry.number)
