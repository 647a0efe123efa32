"""Revocation: whether a signer was still trusted by its own CA at the time that counts.

Judged by the lists (CRLs) that were handed in; nothing is fetched. Without a list, or with
one that is older than the signature and so cannot tell, the answer is *unknown*: that is
shown, and blocks nothing, because most suppliers publish none. A list that names a
certificate of the chain does block.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from aas_registry.domain.verdicts import Status, time_text, worst


def check_revocation(
    path: Sequence[x509.Certificate], *, lists: Sequence[bytes], at: datetime
) -> tuple[Status, str]:
    """Say whether a certificate of the path was revoked at a time.

    Args:
        path: From the signer up to and with the anchor, as `check_chain` gives it.
        lists: CRLs, DER; those of other issuers are passed over.
        at: The proven signing time; the time now where none is proven.

    Returns:
        The status and a reason. A revocation after ``at`` does not fail; it is named.

    Source:
        RFC 5280, section 5; invalidity date: section 5.3.2.
    """
    known = [found for found in map(_read_list, lists) if found is not None]
    results = [_check_one(certificate, issuer, known, at=at) for certificate, issuer in pairwise(path)]
    if not results:
        return Status.UNKNOWN, "No chain to a pinned anchor, so no revocation list can be judged."
    status = worst(found for found, _ in results)
    return status, next(reason for found, reason in results if found is status)


def _check_one(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    lists: Sequence[x509.CertificateRevocationList],
    *,
    at: datetime,
) -> tuple[Status, str]:
    name = certificate.subject.rfc4514_string()
    own = [crl for crl in lists if _is_of(crl, issuer)]
    if not own:
        return Status.UNKNOWN, f"No revocation list of the issuer of {name} was handed in."
    newest = max(own, key=lambda crl: crl.last_update_utc)
    # A CA may drop a revoked certificate from its list once it has expired; older lists still name it.
    found = (crl.get_revoked_certificate_by_serial_number(certificate.serial_number) for crl in own)
    entry = next((entry for entry in found if entry is not None), None)
    if entry is not None:
        since = entry.revocation_date_utc
        with suppress(x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
            invalid = entry.extensions.get_extension_for_class(x509.InvalidityDate).value
            since = min(since, invalid.invalidity_date_utc)
        if since <= at:
            return Status.FAILED, f"{name} was revoked from {time_text(since)}."
        return Status.PASSED, f"{name} was revoked from {time_text(since)}, after the proven signing time."
    if newest.last_update_utc < at:
        old = f"The newest revocation list for {name} is of {time_text(newest.last_update_utc)}"
        return Status.UNKNOWN, f"{old}, older than the time that counts, {time_text(at)}."
    return Status.PASSED, f"{name} is not on the list of {time_text(newest.last_update_utc)}."


def _is_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    if crl.issuer != issuer.subject or not isinstance(
        key,
        rsa.RSAPublicKey
        | ec.EllipticCurvePublicKey
        | dsa.DSAPublicKey
        | ed25519.Ed25519PublicKey
        | ed448.Ed448PublicKey,
    ):
        return False
    try:
        return crl.is_signature_valid(key)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False


def _read_list(content: bytes) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_der_x509_crl(content)
    except ValueError:
        return None
