"""`Submitter`: whose content a write stores, and on which occasion."""

from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.identifiers import PartyId, Site, SubmissionId
from aas_registry.domain.principals import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """Whose content is taken, and under which submission.

    Attributes:
        site: The plant.
        party: The submitting party; None for the plant itself.
        submission: What brings the content; None for a single write of the AAS API.
        at: Recording time.
    """

    site: Site
    party: PartyId | None
    submission: SubmissionId | None
    at: datetime

    @property
    def scope(self) -> Scope:
        """Return what the submitter sees of the record."""
        return Scope(self.site, party=self.party)
