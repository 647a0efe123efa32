"""Identifiers: those that the world gives, and the integers that the tables use.

``LotId``, ``UnitId`` and the others are integers that mean something within one
site only. They never leave the registry: outside, an opaque text stands for them
(``trust/opaque_ids.py``), so that nobody can count or guess what others own.
"""

from functools import lru_cache
from typing import NewType

Site = NewType("Site", str)
PartyId = NewType("PartyId", int)
LotId = NewType("LotId", int)
PackageId = NewType("PackageId", int)
UnitId = NewType("UnitId", int)
RunId = NewType("RunId", int)
DocumentId = NewType("DocumentId", int)
SubmissionId = NewType("SubmissionId", int)
CertificateId = NewType("CertificateId", int)
StatementId = NewType("StatementId", int)
EventSeq = NewType("EventSeq", int)
ReportId = NewType("ReportId", int)
Sha256 = NewType("Sha256", str)


@lru_cache(maxsize=100_000)  # an event names the same things many times
def matching_key(value: str) -> str:
    """Return the form in which codes and names are compared.

    Case and surrounding or repeated white space do not tell two codes apart;
    leading zeros and punctuation do.
    """
    return " ".join(value.split()).casefold()
