"""Names of things: how events say which package, unit, run or shipment they mean.

Identity is a set of aliases. A name has a scheme (what kind of label it is), an issuer
(whose numbering: a serial number repeats across customers) and a value. Two names are
the same where scheme, issuer and value agree in the form in which codes are compared.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aas_registry.domain.identifiers import matching_key

SEPARATOR = "\x1f"  # refused in values, see formats/events/json.py

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class Scheme(StrEnum):
    """What kind of label a name is."""

    PACKAGE = "package"
    ANNOUNCED = "announced"  # a package's label that only lists name: its issuer is the manufacturer
    SERIAL = "serial"
    PANEL = "panel"
    CONTAINER = "container"
    RUN = "run"
    STATION = "station"
    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    PRODUCT = "product"
    PARTY = "party"
    EVENT = "event"


class ItemKind(StrEnum):
    """What kind of thing a name names."""

    PACKAGE = "package"
    UNIT = "unit"
    RUN = "run"
    STATION = "station"
    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    PRODUCT = "product"
    PARTY = "party"
    EVENT = "event"


_UNIT_SCHEMES = {Scheme.SERIAL, Scheme.PANEL, Scheme.CONTAINER}

# Whoever names one of these may: nothing else is known of it until somebody says more. Packages and
# units must be named by a statement that they exist; what refers to them earlier waits.
IMPLIED = frozenset(
    {
        Scheme.CONTAINER,
        Scheme.RUN,
        Scheme.STATION,
        Scheme.RECEIPT,
        Scheme.SHIPMENT,
        Scheme.PRODUCT,
        Scheme.PARTY,
    }
)


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one thing.

    Attributes:
        scheme: What kind of label it is.
        value: The label, as the source spells it.
        issuer: The party whose numbering it is; empty where it is the plant's own.
    """

    scheme: Scheme
    value: str
    issuer: str = ""

    @property
    def kind(self) -> ItemKind:
        """Return what kind of thing is named."""
        return kind_of(self.scheme)

    @property
    def key(self) -> str:
        """Return the text that is equal for equal names."""
        return key_of(self.scheme, self.issuer_key, self.value_key)

    @property
    def issuer_key(self) -> str:
        """Return the issuer in the form in which codes are compared."""
        return matching_key(self.issuer)

    @property
    def value_key(self) -> str:
        """Return the value in the form in which codes are compared."""
        return self.value if self.scheme is Scheme.EVENT else matching_key(self.value)

    def __str__(self) -> str:
        if self.scheme is Scheme.PANEL:
            return f"panel {self.value}"
        return f"{self.scheme.value} {self.value}" + (f" of {self.issuer}" if self.issuer else "")


def kind_of(scheme: Scheme) -> ItemKind:
    """Return what kind of thing is named by a label."""
    if scheme is Scheme.ANNOUNCED:
        return ItemKind.PACKAGE
    return ItemKind.UNIT if scheme in _UNIT_SCHEMES else ItemKind(scheme.value)


def key_of(scheme: Scheme, issuer_key: str, value_key: str) -> str:
    """Return the text that is equal for equal names, of names in the form for comparing."""
    return SEPARATOR.join((scheme.value, issuer_key, value_key))


def name_shown(shown: str, key: str) -> Name:
    """Return the name that is shown so (as a text), and has a key."""
    scheme, issuer_key, _ = key.split(SEPARATOR, 2)
    value = shown.partition(" ")[2]
    if scheme == Scheme.PANEL:
        return Name(Scheme.PANEL, value, value.rpartition("/")[0])
    parts = value.split(" of ")
    for place in range(len(parts) - 1, 0, -1):
        issuer = " of ".join(parts[place:])
        if issuer_key and matching_key(issuer) == issuer_key:
            return Name(Scheme(scheme), " of ".join(parts[:place]), issuer)
    return Name(Scheme(scheme), value)


def panel_position(panel: str, position: int) -> Name:
    """Return the name of the unit at a position of a panel; the panel's label is the issuer."""
    return Name(Scheme.PANEL, f"{panel}/{position}", panel)


def rank_of(content: str) -> int:
    """Return what orders two events that happened at the same time: 63 bits of the digest of what they say.

    The order is arbitrary, but the same whatever order the events arrive in, and whichever of
    equal ones counts.

    Args:
        content: Hexadecimal digits, see `domain.events.Event`.
    """
    return int(content[:16], 16) >> 1
