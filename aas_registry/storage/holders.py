"""Who holds a row, as a column says it: the number of a party, 0 for the plant itself.

A column that is part of a key cannot be empty. Outside of storage the plant is None.
"""

from typing import Final

from aas_registry.domain.identifiers import PartyId
from aas_registry.domain.principals import Scope

PLANT: Final = 0
NOBODY: Final = -1
"""Holds nothing: what is asked for where nothing may be seen."""


def holder_of(party: PartyId | None) -> int:
    """Return the number under which a party, or the plant, holds what it submitted."""
    return PLANT if party is None else party


def holder_seen_by(scope: Scope) -> int | None:
    """Return whose documents a scope sees: one holder's; None for everybody's."""
    # A customer's auditor sees units, not documents.
    return NOBODY if scope.customer is not None else scope.party


def party_of(holder: int) -> PartyId | None:
    """Return the party that holds something; None for the plant."""
    return None if holder == PLANT else PartyId(holder)
