"""What is told beside the contents of a unit: what was left out, and what does not fit."""

from collections.abc import Mapping
from dataclasses import dataclass

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.genealogy import AsRecorded
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy.contents import Contents
from aas_registry.storage.genealogy.unknown import Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsSummary:
    """What is told beside the contents of a unit.

    Attributes:
        ever: Whether what was taken out counts, and what is in it no more.
        unknown: What could change the answer.
        dated_ahead: Statements that would touch the answer, and whose time has not come.
        anomalies: Open contradictions that touch the answer, by kind.
        recorded: Up to which times the answer counts.
    """

    ever: bool
    unknown: Unknown
    dated_ahead: int
    recorded: AsRecorded
    anomalies: Mapping[AnomalyKind, int]

    @classmethod
    def of(
        cls, connection: Connection, asked: Contents, *, ever: bool, recorded: AsRecorded
    ) -> "ContentsSummary":
        """Return what is told beside the rows of a question."""
        return cls(
            ever=ever,
            unknown=asked.unknown(connection),
            dated_ahead=asked.left_out(connection),
            recorded=recorded,
            anomalies=asked.anomalies(connection),
        )
