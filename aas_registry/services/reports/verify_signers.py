"""What every part of a verification needs: the files, the pinned roots, and whom a key leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.verdicts import Check, Status
from aas_registry.reports import bundle
from aas_registry.settings import Settings
from aas_registry.trust.chains import check_chain, read_pem_chain, unit_of
from aas_registry.trust.dsse import Envelope, read_envelope, verify_envelope
from aas_registry.trust.signer import Purpose

# The defaults, whatever the environment sets: one report has one verdict everywhere.
LIMITS = replace(Settings().limits, certificate_objects=100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One verification.

    Attributes:
        files: The files of the bundle by name.
        anchors: The pinned roots, DER.
        now: The time of the verification.
    """

    files: Mapping[str, bytes]
    anchors: Sequence[bytes]
    now: datetime

    def check(self, name: str, status: Status, reason: str, *, file: str | None = None) -> Check:
        """Return a check made now."""
        return Check(name=name, status=status, reason=reason, at=self.now, file=file)

    def chain(self, file: str) -> tuple[x509.Certificate, ...]:
        """Return the certificates of a PEM file of the bundle; none where it is missing or malformed."""
        return read_pem_chain(self.files.get(file, b""))


def check_signer(
    verification: Verification,
    certificates: Sequence[x509.Certificate],
    *,
    purpose: Purpose,
    file: str,
) -> Check:
    """Say whether a key leads to a pinned root and is one for this purpose."""
    name = "signer"
    leaf, *others = certificates
    if unit_of(leaf) != purpose.value:
        reason = f"{leaf.subject.rfc4514_string()} is not a key for {purpose.value}."
        return verification.check(name, Status.FAILED, reason, file=file)
    if not verification.anchors:
        return verification.check(name, Status.UNKNOWN, "No root certificate was given.", file=file)
    found = check_chain(
        leaf,
        others=others,
        anchors=verification.anchors,
        moment=verification.now,
        most_others=LIMITS.certificate_chain,
    )
    # Whoever pins a root expects everything in the bundle to be under it.
    status = Status.FAILED if found.leads_elsewhere else found.status
    return verification.check(name, status, found.reason, file=file)


def check_envelope(
    verification: Verification, file: str, *, payload_type: str, purpose: Purpose
) -> tuple[Envelope | None, list[Check]]:
    """Say whether a file is an envelope of this type, signed under a pinned root.

    Returns:
        The envelope, None where its signature does not hold; and the checks.
    """
    name = "signature"
    try:
        envelope = read_envelope(verification.files[file])
    except RefusedError as cause:
        return None, [verification.check(name, Status.FAILED, str(cause), file=file)]
    if envelope.payload_type != payload_type:
        reason = f"The envelope holds {envelope.payload_type[:100]!r}, not {payload_type}."
        return None, [verification.check(name, Status.FAILED, reason, file=file)]
    chain = verification.chain(f"{bundle.KEY_CHAINS}{envelope.key_id}.pem")
    if not chain:
        reason = "The certificate of the key that it names is not in trust/keys/."
        return None, [verification.check(name, Status.FAILED, reason, file=file)]
    status, reason = verify_envelope(envelope, chain[0])
    checks = [verification.check(name, status, reason, file=file)]
    if status is not Status.PASSED:
        return None, checks
    return envelope, [*checks, check_signer(verification, chain, purpose=purpose, file=file)]
