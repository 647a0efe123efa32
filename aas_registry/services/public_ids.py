"""The opaque ids that people see, to and from the integers of the tables.

An id that was never given, one of another site and one that the principal may not see
are all answered alike: with the not-found error of the noun.
"""

from collections.abc import Iterable
from enum import Enum

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import NotFoundError
from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import Registry


class Noun(Enum):
    """What an id can name: the kind that is sealed into it, and the code when it is not found."""

    LOT = ("lot", Code.LOT_NOT_FOUND)
    PACKAGE = ("package", Code.SUBJECT_NOT_FOUND)
    UNIT = ("unit", Code.UNIT_NOT_FOUND)
    UPLOAD = ("upload", Code.UPLOAD_NOT_FOUND)
    CERTIFICATE = ("certificate", Code.CERTIFICATE_NOT_FOUND)
    REPORT = ("report", Code.REPORT_NOT_FOUND)
    SESSION = ("session", Code.SESSION_UNKNOWN)
    TOKEN = ("token", Code.TOKEN_UNKNOWN)
    ANCHOR = ("anchor", Code.ANCHOR_UNKNOWN)
    SHIPMENT = ("shipment", Code.SHIPMENT_NOT_FOUND)
    PARTY = ("party", Code.PARTY_UNKNOWN)


def to_public(registry: Registry, site: Site, noun: Noun, number: int) -> str:
    """Return the opaque id for a row's integer id."""
    return registry.opaque_ids.encode(noun.value[0], site, number)


def to_internal(registry: Registry, site: Site, noun: Noun, text: str) -> int:
    """Return the integer that an opaque id stands for.

    Raises:
        NotFoundError: It stands for nothing of this kind on this site.
    """
    try:
        return registry.opaque_ids.decode(noun.value[0], site, text)
    except NotFoundError as cause:
        raise not_found(noun) from cause


def not_found(noun: Noun) -> NotFoundError:
    """Return the error for an id that names nothing that the principal may see."""
    code = noun.value[1]
    return NotFoundError(code.meaning, code=code)


def find_internal(registry: Registry, site: Site, kinds: Iterable[str], text: str) -> int | None:
    """Return the integer that an opaque id of one of some kinds stands for; None where it is of none."""
    for kind in kinds:
        try:
            return registry.opaque_ids.decode(kind, site, text)
        except NotFoundError:
            continue
    return None
