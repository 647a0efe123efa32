"""Statements: what the registry countersigns about a certificate.

An in-toto Statement v1 in canonical JSON: these very bytes (by SHA-256) were received,
checked under this policy with these results, and belong to these lots. It never says
that the registry issued or approved anything.

Per lot, statements are numbered and each names the digest of the one before, so that
one left out later shows.

Whoever may not know everything that a statement names is given an excerpt of it, which is
signed like it: the same about some of the lots alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.certificates import Countersignature, reason_without_lots
from aas_registry.domain.verdicts import Check, time_text

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:aas-registry:certificate-countersignature:1.0"
EXCERPT_TYPE = "urn:aas-registry:certificate-countersignature-excerpt:1.0"
POLICY_VERSION = "1.0"
# What an excerpt says word by word as its statement does.
_TOLD = ("document", "supplierSignature", "decision", "policyVersion", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedLot:
    """A lot that the statement speaks of, and its place in that lot's row of statements.

    Attributes:
        manufacturer: Who made the lot.
        mpn: The manufacturer's part number.
        lot_code: The lot.
        sequence: Number of the statement among those about this lot, from 1.
        previous: SHA-256 of the lot's statement before; None for the first.
    """

    manufacturer: str
    mpn: str
    lot_code: str
    sequence: int
    previous: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the lot as the predicate spells it; integers stand as text, as all numbers do."""
        return {
            "manufacturer": self.manufacturer,
            "manufacturerPartNumber": self.mpn,
            "lotCode": self.lot_code,
            "sequence": str(self.sequence),
            "previousStatement": self.previous,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedSigner:
    """Who signed the original, where somebody did.

    Attributes:
        subject: Subject of the signer's certificate (RFC 4514).
        certificate_sha256: Digest of that certificate's DER.
        anchor_sha256: Digest of the pinned anchor it leads to; None where there is none.
        signed_at: The proven signing time; None where nothing proves one.
    """

    subject: str
    certificate_sha256: str
    anchor_sha256: str | None = None
    signed_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the signer as the predicate spells it."""
        return {
            "subject": self.subject,
            "certificateSha256": self.certificate_sha256,
            "anchorSha256": self.anchor_sha256,
            "provenSigningTime": None if self.signed_at is None else time_text(self.signed_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is countersigned.

    Attributes:
        name: File name of the original.
        sha256: Digest of the original's bytes.
        document_type: What kind of document it is, such as ``EN 10204 3.1``.
        document_number: The number that it carries; None where it has none.
        lots: The lots it speaks of; empty for a document about a part or company.
        parts: Manufacturer and part number of the parts it speaks of.
        submodel_sha256: Digest of the submodel that describes it; None where there is none.
        signer: Who signed the original; None for an unsigned one.
        checks: Every check with its result, reason and time.
        decision: What the countersignature says.
        policy_version: The rules it was decided by.
        stated_at: When it was decided.
        supersedes: SHA-256 of the original that this one replaces; None where it replaces none.
    """

    name: str
    sha256: str
    document_type: str
    document_number: str | None
    lots: Sequence[StatedLot]
    parts: Sequence[tuple[str, str]]
    submodel_sha256: str | None
    signer: StatedSigner | None
    checks: Sequence[Check]
    decision: Countersignature
    stated_at: datetime
    policy_version: str = POLICY_VERSION
    supersedes: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the statement as ``schemas/statement-1.0.json`` describes it.

        Source:
            in-toto attestation framework, Statement v1.
        """
        return {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": self.name, "digest": {"sha256": self.sha256}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "document": {"type": self.document_type, "number": self.document_number},
                "lots": [lot.as_json() for lot in self.lots],
                "parts": [
                    {"manufacturer": manufacturer, "manufacturerPartNumber": mpn}
                    for manufacturer, mpn in self.parts
                ],
                "submodelSha256": self.submodel_sha256,
                "supplierSignature": None if self.signer is None else self.signer.as_json(),
                "checks": [check.as_json() for check in self.checks],
                "decision": self.decision.value,
                "policyVersion": self.policy_version,
                "time": time_text(self.stated_at),
                "supersedes": self.supersedes,
            },
        }

    def canonical(self) -> bytes:
        """Return the statement as canonical JSON: the bytes that are signed.

        Raises:
            RefusedError: A text is no Unicode.
        """
        return canonical_bytes(self.as_json())


def excerpt_of(statement: Mapping[str, Any], lots: Sequence[StatedLot], *, at: datetime) -> bytes:
    """Return what a statement says of some of its lots, as canonical JSON: the bytes that are signed.

    Left out is what would tell of the rest, or let a guess at it be confirmed: the other lots and parts,
    the name of the file, the digests of the submodel and of the lots' statements before, and the reason
    of the check that compared the content with all lots.

    Args:
        statement: The whole statement, as `Statement.as_json` spells it.
        lots: Those to speak of, each with its number in the lot's row of statements.
        at: When the excerpt is made.

    Raises:
        RefusedError: A text is no Unicode.
    """
    (subject,), whole = statement["subject"], statement["predicate"]
    digest, own = subject["digest"]["sha256"], {(lot.manufacturer, lot.mpn) for lot in lots}
    parts = [each for each in whole["parts"] if (each["manufacturer"], each["manufacturerPartNumber"]) in own]
    predicate = {
        **{name: whole[name] for name in _TOLD},
        "lots": [{k: v for k, v in lot.as_json().items() if k != "previousStatement"} for lot in lots],
        "parts": parts,
        "checks": [
            {**check, "reason": reason_without_lots(check["name"], check["reason"])}
            for check in whole["checks"]
        ],
        "excerptedAt": time_text(at),
    }
    return canonical_bytes(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": f"{digest}.pdf", "digest": {"sha256": digest}}],
            "predicateType": EXCERPT_TYPE,
            "predicate": predicate,
        }
    )
