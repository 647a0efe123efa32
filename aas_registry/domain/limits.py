"""Every bound on what comes in, in one value.

The defaults live in ``settings``, which builds this value; the rooms below
take it as an argument and never read a setting.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on input; every attribute is a setting (see ``docs/settings.md``)."""

    # any upload
    upload_bytes: int
    listed_findings: int
    receipt_entries: int
    partial_uploads: int
    partial_upload_bytes: int
    partial_upload_metadata_chars: int

    # packages
    unpacked_bytes: int
    compression_ratio: int
    compression_free_bytes: int
    package_parts: int
    package_structure_bytes: int
    package_relationships: int
    relationship_steps: int
    package_certificates: int
    package_certificate_lots: int
    package_text_chars: int

    # AAS data, and XML and JSON of any kind
    nesting_depth: int
    aas_elements: int
    aas_data_bytes: int
    json_values: int
    json_names: int
    body_values: int
    xml_attributes: int
    xml_names: int
    xml_token_bytes: int
    pattern_cost: int
    identifier_chars: int
    id_short_path_chars: int

    # what is read out of AAS data
    template_findings: int
    lot_texts: int
    lot_date_codes: int
    as_built_nodes: int
    as_built_links: int
    as_built_findings: int
    as_built_levels: int
    as_built_submodels: int
    as_built_bytes: int

    # certificates
    certificate_bytes: int
    certificate_lots: int
    certificate_pages: int
    certificate_text_chars: int
    certificate_objects: int
    certificate_structure_bytes: int
    certificate_unpacked_bytes: int
    certificate_readings: int
    certificate_filters: int
    certificate_page_bytes: int
    certificate_content_bytes: int
    certificate_operations: int
    certificate_revisions: int
    certificate_signatures: int
    certificate_chain: int

    # lists
    spreadsheet_rows: int
    spreadsheet_columns: int
    spreadsheet_bytes: int
    spreadsheet_texts: int
    spreadsheet_text_bytes: int
    spreadsheet_tags: int
    spreadsheet_line_chars: int
    spreadsheet_marked_cells: int
    spreadsheet_marked_bytes: int

    # labels
    label_chars: int
    label_picture_bytes: int
    label_picture_pixels: int
    label_picture_scans: int

    # events
    events_per_request: int
    event_bytes: int
    event_findings: int

    # answers
    page_rows: int
    report_rows: int
