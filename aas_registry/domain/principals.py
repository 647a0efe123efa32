"""Who asks, in which role, and what of the record that lets them see."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from aas_registry.domain.identifiers import PartyId, Site, matching_key


class Role(StrEnum):
    """The roles of ``docs/permissions.md``."""

    SUPPLIER = "supplier"
    PRODUCTION = "production"
    QUALITY = "quality"
    AUDITOR = "auditor"
    CUSTOMER_AUDITOR = "customer_auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What an operation needs; every route names exactly one."""

    PUBLIC = "public"
    OWN_ACCOUNT = "own account"
    SEARCH = "search"
    UPLOAD = "upload"
    READ_UPLOADS = "read uploads"
    READ_LOTS = "read lots"
    READ_DOCUMENTS = "read documents"
    WRITE_DOCUMENTS = "write documents"
    DECIDE_IDENTIFIERS = "decide identifiers"
    READ_CERTIFICATES = "read certificates"
    SUBMIT_CERTIFICATE = "submit certificate"
    ACCEPT_CERTIFICATE = "accept certificate"
    POST_EVENTS = "post events"
    READ_EVENTS = "read events"
    READ_ANOMALIES = "read anomalies"
    READ_GENEALOGY = "read genealogy"
    MAKE_REPORT = "make report"
    READ_REPORTS = "read reports"
    PART_NAMES = "part names"
    ADMINISTER = "administer"
    READ_AUDIT = "read audit"


_READER = {
    Permission.OWN_ACCOUNT,
    Permission.SEARCH,
    Permission.READ_UPLOADS,
    Permission.READ_LOTS,
    Permission.READ_DOCUMENTS,
    Permission.READ_CERTIFICATES,
    Permission.READ_EVENTS,
    Permission.READ_ANOMALIES,
    Permission.READ_GENEALOGY,
    Permission.MAKE_REPORT,
    Permission.READ_REPORTS,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.SUPPLIER: frozenset(
        {
            Permission.OWN_ACCOUNT,
            Permission.SEARCH,
            Permission.UPLOAD,
            Permission.READ_UPLOADS,
            Permission.READ_LOTS,
            Permission.READ_DOCUMENTS,
            Permission.WRITE_DOCUMENTS,
            Permission.READ_CERTIFICATES,
            Permission.SUBMIT_CERTIFICATE,
        }
    ),
    Role.PRODUCTION: frozenset(
        {
            Permission.OWN_ACCOUNT,
            Permission.POST_EVENTS,
            Permission.READ_EVENTS,
            Permission.READ_ANOMALIES,
        }
    ),
    Role.QUALITY: frozenset(
        _READER
        | {
            Permission.UPLOAD,
            Permission.WRITE_DOCUMENTS,
            Permission.DECIDE_IDENTIFIERS,
            Permission.SUBMIT_CERTIFICATE,
            Permission.ACCEPT_CERTIFICATE,
            Permission.POST_EVENTS,
            Permission.PART_NAMES,
        }
    ),
    Role.AUDITOR: frozenset(_READER | {Permission.READ_AUDIT}),
    Role.CUSTOMER_AUDITOR: frozenset(
        {
            Permission.OWN_ACCOUNT,
            Permission.SEARCH,
            Permission.READ_ANOMALIES,
            Permission.READ_GENEALOGY,
            Permission.MAKE_REPORT,
            Permission.READ_REPORTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(Permission),
}


_MARK_OF_TOKENS = "(token)"
# The dots are a step of a path, so that no address leads to such a user's page.
_NOT_USERS = frozenset({"local", "nobody", "registry", ".", ".."})
# Unicode's categories of what is no part of a name: control, format (it hides, joins or turns the
# direction), the ends of lines and paragraphs, private use, halves of a character.
_NOT_WRITTEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})


def reads_as_no_user(name: str) -> bool:
    """Return whether a name would be read as a token's, the registry's own, or other than it is written."""
    key = matching_key(name)
    is_written = not any(unicodedata.category(each) in _NOT_WRITTEN for each in name)
    return not key or not is_written or key in _NOT_USERS or key.endswith(_MARK_OF_TOKENS)


@dataclass(frozen=True, slots=True)
class Scope:
    """What rows a principal may see; every storage query takes one.

    Attributes:
        site: The plant. Rows of another site do not exist for this principal.
        party: Set for a supplier: only its own submissions and receipts.
        customer: Set for a customer's auditor: only that customer's units.
    """

    site: Site
    party: PartyId | None = None
    customer: PartyId | None = None


class PrincipalKind(StrEnum):
    """How somebody came in; a name means somebody only together with it."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 - a word of the interface
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks.

    Attributes:
        name: The user's or token's name. A token may be named like a user: it is not that user.
        role: What it may do.
        site: The plant it belongs to.
        party: The party it acts for: a supplier, or a customer for a customer's auditor.
        kind: A user who logged in, a token, or somebody who can open the database itself.
        number: Which user or token of the site; None for somebody local.
    """

    name: str
    role: Role
    site: Site
    party: PartyId | None = None
    kind: PrincipalKind = PrincipalKind.LOCAL
    number: int | None = None

    @property
    def identity(self) -> str:
        """Return who it is: no two users or tokens of a site have the same, whatever their names."""
        return self.kind.value if self.number is None else f"{self.kind.value} {self.number}"

    def is_user(self, number: int) -> bool:
        """Return whether it is this user of its site, logged in; a token is nobody's account."""
        return self.kind is PrincipalKind.USER and self.number == number

    @property
    def label(self) -> str:
        """Return how people read who it was: a token's name is marked as one."""
        return f"{self.name} {_MARK_OF_TOKENS}" if self.kind is PrincipalKind.TOKEN else self.name

    @property
    def scope(self) -> Scope:
        """Return the rows this principal may see."""
        if self.role is Role.SUPPLIER:
            return Scope(self.site, party=self._own_party())
        if self.role is Role.CUSTOMER_AUDITOR:
            return Scope(self.site, customer=self._own_party())
        return Scope(self.site)

    def may(self, permission: Permission) -> bool:
        """Return whether the role grants the permission."""
        return permission is Permission.PUBLIC or permission in GRANTS[self.role]

    def _own_party(self) -> PartyId:
        # A supplier without a party would see everything; -1 is the party of nobody.
        return PartyId(-1) if self.party is None else self.party
