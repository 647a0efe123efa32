"""The tables. Every key begins with ``site``; no foreign key crosses a site.

A plant's rows can be moved, split off or distributed by ``site`` (Citus) without a
redesign: integers are allocated per site in blocks (``ids.py``), never by a sequence.
"""

from aas_registry.storage.tables import (
    access,
    anomalies,
    certificates,
    clock,
    documents,
    events,
    genealogy,
    items,
    login,
    lots,
    merges,
    namings,
    package_claims,
    partial_uploads,
    parties,
    passes,
    projection_sums,
    reports,
    submissions,
    system,
    zones,
)
from aas_registry.storage.tables.base import metadata

__all__ = [
    "access",
    "anomalies",
    "certificates",
    "clock",
    "documents",
    "events",
    "genealogy",
    "items",
    "login",
    "lots",
    "merges",
    "metadata",
    "namings",
    "package_claims",
    "partial_uploads",
    "parties",
    "passes",
    "projection_sums",
    "reports",
    "submissions",
    "system",
    "zones",
]
