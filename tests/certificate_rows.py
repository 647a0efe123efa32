"""What is on record of a certificate of which nothing is known but its bytes."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from aas_registry.domain.identifiers import Sha256, SubmissionId
from aas_registry.domain.verdicts import Status
from aas_registry.storage.certificates import CertificateFacts


def unknown_facts(recorded_at: datetime, **known: Any) -> dict[str, Any]:
    """Return the members of `CertificateFacts`: ``known``, and none or unknown for the others."""
    nothing: dict[str, Any] = dict.fromkeys(each.name for each in fields(CertificateFacts))
    verdicts = dict.fromkeys(("authentic", "matches", "accepted"), Status.UNKNOWN)
    sent = {
        "submission": SubmissionId(1),
        "sha256": Sha256("0" * 64),
        "file_name": "c.pdf",
        "media_type": "application/pdf",
    }
    return nothing | verdicts | sent | {"recorded_at": recorded_at} | known
