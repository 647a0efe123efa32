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
    spreadsheet_rows: int
    spreadsheet_columns: int
    spreadsheet_bytes: int
    certificate_bytes: int
    certificate_objects: int
    certificate_structure_bytes: int
    certificate_unpacked_bytes: int
    partial_uploads: int
    partial_upload_bytes: int
    label_chars: int
    label_picture_bytes: int
    label_picture_pixels: int
    package_relationships: int
    relationship_steps: int
    xml_attributes: int
    json_values: int
    pattern_cost: int
    listed_findings: int
