"""Identifiers: those that the world gives, and the integers that the tables use.

``LotId``, ``UnitId`` and the others are integers that mean something within one
site only. They never leave the registry: outside, an opaque text stands for them
(``trust/opaque_ids.py``), so that nobody can count or guess what others own.
"""

from functools import lru_cache
from typing import NewType
from uuid import UUID

Site = NewType("Site", str)
PartyId = NewType("PartyId", int)
LotId = NewType("LotId", int)
UnitId = NewType("UnitId", int)
DocumentId = NewType("DocumentId", int)
SubmissionId = NewType("SubmissionId", int)
PartialUploadId = NewType("PartialUploadId", str)
CertificateId = NewType("CertificateId", int)
StatementId = NewType("StatementId", int)
AnchorId = NewType("AnchorId", int)
ReportId = NewType("ReportId", int)
Sha256 = NewType("Sha256", str)


def uuid_of(digest: bytes) -> UUID:
    """Return the UUID that is made of the first 16 bytes of a digest: the same for the same digest.

    Source:
        RFC 9562, 5.8 (version 8: 122 bits as the maker likes).
    """
    custom = int.from_bytes(digest[:16], "big")
    versioned = custom & ~(0xF << 76) | 8 << 76
    return UUID(int=versioned & ~(3 << 62) | 2 << 62)


@lru_cache(maxsize=100_000)  # an event names the same things many times
def matching_key(value: str) -> str:
    """Return the form in which codes and names are compared.

    Case and surrounding or repeated white space do not tell two codes apart;
    leading zeros and punctuation do.
    """
    return " ".join(value.split()).casefold()
