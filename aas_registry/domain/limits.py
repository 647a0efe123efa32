"""Every bound on what comes in, in one value.

The defaults live in ``settings.py``, which builds this value; the rooms below
take it as an argument and never read a setting.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on input; every attribute is a setting (see ``docs/settings.md``)."""

    upload_bytes: int
    unpacked_bytes: int
    compression_ratio: int
    package_parts: int
    nesting_depth: int
    aas_elements: int
    aas_data_bytes: int
    identifier_chars: int
    events_per_request: int
    event_bytes: int
    page_rows: int
    report_rows: int
    certificate_pages: int
