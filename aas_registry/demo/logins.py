"""One login for every role of the demo, and the token of its ``curl`` line."""

from contextlib import suppress
from dataclasses import dataclass

from aas_registry.demo.catalogue import KERALIT
from aas_registry.demo.folder import DemoFolder
from aas_registry.domain.errors import ConflictError, UnauthenticatedError
from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import Registry

_TOKENS = "tokens.json"
_SUPPLIER_TOKEN = "supplier"  # noqa: S105 - the name of a token


@dataclass(frozen=True, slots=True)
class Login:
    """A user of the demo; everybody who reads this knows the password."""

    name: str
    role: Role
    party: str | None = None
    days: int | None = None

    @property
    def password(self) -> str:
        """Return the password."""
        return f"demo-{self.name}"


LOGINS = (
    Login("supplier", Role.SUPPLIER, party=KERALIT),
    Login("quality", Role.QUALITY),
    Login("production", Role.PRODUCTION),
    Login("auditor", Role.AUDITOR, days=365),
    Login("customer", Role.CUSTOMER_AUDITOR, party="norrbana"),
    Login("admin", Role.ADMINISTRATOR),
)


def add_logins(registry: Registry) -> None:
    """Make the users that are not there yet; the parties they act for must be on record."""
    administrator = access.local_administrator(registry)
    for login in LOGINS:
        try:
            access.add_user(
                registry,
                administrator,
                name=login.name,
                password=login.password,
                role=login.role,
                party=login.party,
                days=login.days,
            )
        except ConflictError:
            continue  # a run before this one made it


def supplier_token(registry: Registry, folder: DemoFolder) -> str:
    """Return a token of the demo's supplier: that of the last run, or a new one."""
    known = folder.read(_TOKENS).get(_SUPPLIER_TOKEN)
    if isinstance(known, str):
        with suppress(UnauthenticatedError):
            access.authenticate_token(registry, access.token_key(known))
            return known
    administrator = access.local_administrator(registry)
    issued = access.issue_token(
        registry, administrator, name="demo supplier", role=Role.SUPPLIER, party=KERALIT
    )
    folder.write(_TOKENS, {_SUPPLIER_TOKEN: issued.text})
    return issued.text
