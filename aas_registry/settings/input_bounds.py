"""Every bound on what comes in, with its unit and default."""

from pydantic import BaseModel, ConfigDict, Field

_MIB = 1024 * 1024


class InputBounds(BaseModel):
    """What an upload, a request, a package, a list, a label or an event may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # any upload or request
    upload_bytes: int = Field(
        1024 * _MIB, ge=1, description="Bytes: largest file, in one request or resumed over several."
    )
    body_bytes: int = Field(16 * _MIB, ge=1, description="Bytes: largest other request body.")
    form_parts: int = Field(1000, ge=1, description="Parts: most in one form: fields and files.")
    listed_findings: int = Field(
        1000,
        ge=1,
        description="Findings: most that are listed of one AAS document, and of each severity of one list;"
        " one more says so.",
    )
    receipt_entries: int = Field(
        1000,
        ge=1,
        description="Entries: most that the receipt of an upload lists of each kind (shells, submodels,"
        " concept descriptions, lots, certificates, as-built structures, files, findings); the rest is"
        " counted.",
    )
    partial_uploads: int = Field(
        10, ge=1, description="Resumable uploads: most that one sender may have begun and not finished."
    )
    partial_upload_bytes: int = Field(
        4096 * _MIB, ge=1, description="Bytes: most that these may announce together."
    )
    partial_upload_hours: float = Field(
        24.0, gt=0, description="Hours after its last piece until an unfinished upload is removed."
    )
    partial_upload_metadata_chars: int = Field(
        4096, ge=1, description="Characters: longest header Upload-Metadata."
    )

    # packages
    unpacked_bytes: int = Field(2048 * _MIB, ge=1, description="Bytes: most that a package unpacks to.")
    compression_ratio: int = Field(
        200, ge=1, description="Factor: most that a part, or all of them, may grow in unpacking."
    )
    compression_free_bytes: int = Field(
        _MIB, ge=1, description="Bytes: what unpacks to no more may grow by any factor."
    )
    package_parts: int = Field(10_000, ge=1, description="Parts: most in one package.")
    package_structure_bytes: int = Field(
        8 * _MIB,
        ge=1,
        description="Bytes: largest part with relationships, content types or document properties.",
    )
    package_relationships: int = Field(
        20_000, ge=1, description="Relationships: most of one part of a package; also content types."
    )
    relationship_steps: int = Field(
        64, ge=1, description="Steps: longest chain of AAS data that name further AAS data in a package."
    )
    package_certificates: int = Field(
        500, ge=1, description="Certificates: most that are taken of one package; more stay mere files."
    )
    package_certificate_lots: int = Field(
        10_000, ge=1, description="Lots: most that the certificates of one package cover, added up."
    )
    package_text_chars: int = Field(
        10_000_000, ge=1, description="Characters: longest text of all certificates of one package."
    )

    # AAS data, and XML and JSON of any kind
    nesting_depth: int = Field(64, ge=8, le=256, description="Levels: deepest nesting of JSON or XML.")
    aas_elements: int = Field(200_000, ge=1, description="Elements: most submodel elements in one upload.")
    aas_data_bytes: int = Field(
        64 * _MIB, ge=1, description="Bytes: largest AAS JSON or XML, alone or as a part of a package."
    )
    json_values: int = Field(
        2_000_000,
        ge=1,
        description="Values: most in one AAS JSON (members, items, objects, arrays) or XML (elements).",
    )
    json_names: int = Field(
        10_000, ge=1, description="Names: most different names that the members of one JSON have."
    )
    body_values: int = Field(
        800_000,
        ge=1,
        description="Values: most in the JSON of one request (objects, arrays, members, items).",
    )
    xml_attributes: int = Field(256, ge=1, description="Attributes: most of one XML element.")
    xml_names: int = Field(
        10_000,
        ge=1,
        description="Names: most different names of elements, attributes and namespaces in one XML.",
    )
    xml_token_bytes: int = Field(
        _MIB,
        ge=1,
        description="Bytes: longest tag (with its attributes), comment or processing instruction of XML.",
    )
    pattern_cost: int = Field(
        400_000_000,
        ge=1,
        description="Squared characters: most that long values cost, where the metamodel has short patterns.",
    )
    identifier_chars: int = Field(
        2048, ge=1, le=2048, description="Characters: longest identifier (AAS Part 1)."
    )
    id_short_path_chars: int = Field(
        4096, ge=1, description="Characters: longest idShort path, in AAS data and in requests."
    )

    # what is read out of AAS data
    template_findings: int = Field(
        100,
        ge=1,
        description="Findings: most that are listed of one submodel against its template; one more says so.",
    )
    lot_texts: int = Field(
        2000,
        ge=1,
        description="Texts about the lot of one shell: most that are read; one finding more says so.",
    )
    lot_date_codes: int = Field(
        1000,
        ge=1,
        description="Date codes: most that are kept of what is said of a lot; one finding more says so.",
    )
    as_built_nodes: int = Field(
        10000, ge=1, description="Nodes: most that are read of one as-built structure."
    )
    as_built_links: int = Field(
        20000,
        ge=1,
        description="Links: most that are read of one as-built structure, and of all of one answer.",
    )
    as_built_findings: int = Field(
        100, ge=1, description="Findings: most that are listed of as-built structures."
    )
    as_built_levels: int = Field(
        32, ge=1, description="Levels: deepest that an as-built structure is followed from asset to asset."
    )
    as_built_submodels: int = Field(
        500, ge=1, description="Submodels: most that one answer about an as-built structure reads."
    )
    as_built_bytes: int = Field(
        32 * _MIB, ge=1, description="Bytes: most that these submodels hold together."
    )

    # certificates
    certificate_bytes: int = Field(
        32 * _MIB,
        ge=1,
        description="Bytes: largest certificate; a larger one in a package is kept as a file, unexamined.",
    )
    certificate_lots: int = Field(1000, ge=1, description="Lots: most that one certificate covers.")
    certificate_pages: int = Field(
        200, ge=1, description="Pages: most that are read of a certificate's text."
    )
    certificate_text_chars: int = Field(
        2000000, ge=1, description="Characters: longest text of a certificate that is compared with its lots."
    )
    certificate_objects: int = Field(
        50_000, ge=1, description="Objects: most in one PDF of a certificate; more refuse it."
    )
    certificate_structure_bytes: int = Field(
        _MIB, ge=1, description="Bytes: most that a certificate's PDF holds beside its streams."
    )
    certificate_unpacked_bytes: int = Field(
        64 * _MIB, ge=1, description="Bytes: most that the streams of a certificate's PDF unpack to."
    )
    certificate_readings: int = Field(
        4,
        ge=1,
        description="Times: how often the bytes of a certificate's PDF may count as content of its streams.",
    )
    certificate_filters: int = Field(
        8, ge=1, le=64, description="Times: how often a stream of a certificate's PDF may be packed."
    )
    certificate_page_bytes: int = Field(
        640 * 1024, ge=1, description="Bytes: most drawing instructions of a page whose text is compared."
    )
    certificate_content_bytes: int = Field(16 * _MIB, ge=1, description="Bytes: most of all pages together.")
    certificate_operations: int = Field(
        100_000, ge=1, description="Instructions: most that are followed for that text; a form counts as 200."
    )
    certificate_revisions: int = Field(
        100, ge=1, description="Revisions: how often a certificate's PDF may have been added to."
    )
    certificate_signatures: int = Field(
        8, ge=1, description="Signatures: most that are checked of one certificate."
    )
    certificate_chain: int = Field(
        32, ge=1, description="Certificates (X.509): most that a signature brings along."
    )

    # lists
    spreadsheet_rows: int = Field(
        200_000, ge=1, description="Rows: most in one spreadsheet, the header aside."
    )
    spreadsheet_columns: int = Field(100, ge=20, le=16_383, description="Columns: most in one spreadsheet.")
    spreadsheet_bytes: int = Field(256 * _MIB, ge=1, description="Bytes: largest sheet or CSV, unpacked.")
    spreadsheet_texts: int = Field(
        1_000_000, ge=1, description="Texts: most that the cells of one workbook share."
    )
    spreadsheet_text_bytes: int = Field(
        64 * _MIB, ge=1, description="Bytes: most that the shared texts of one workbook have, unpacked."
    )
    spreadsheet_tags: int = Field(
        24_000_000,
        ge=1,
        description="Tags: most in one part of a workbook; a cell has four or six.",
    )
    spreadsheet_line_chars: int = Field(131_072, ge=1, description="Characters: longest line of a CSV.")
    spreadsheet_marked_cells: int = Field(
        250_000,
        ge=1,
        description="Cells: most in a workbook, all sheets, that is given back with a column of errors; of a"
        " larger one the errors alone are.",
    )
    spreadsheet_marked_bytes: int = Field(
        128 * _MIB,
        ge=1,
        description="Bytes: largest list, unpacked, that is given back with a column of errors; of a larger"
        " workbook the errors alone are.",
    )

    # labels
    label_chars: int = Field(4096, ge=1, description="Characters: longest text of a reel label.")
    label_picture_bytes: int = Field(
        8 * _MIB, ge=1, description="Bytes: largest picture of a reel label; at most body_bytes counts."
    )
    label_picture_pixels: int = Field(
        15_000_000,
        ge=1,
        description="Pixels: most in a picture of a reel label; half of it for WebP and CMYK, two thirds with"
        " transparency.",
    )
    label_picture_scans: int = Field(
        100, ge=1, description="Scans: most in a JPEG of a reel label; each is drawn over the whole picture."
    )

    # events
    events_per_request: int = Field(10_000, ge=1, description="Events: most in one request.")
    event_bytes: int = Field(_MIB, ge=1, description="Bytes: largest single event.")
    event_findings: int = Field(20, ge=1, description="Findings: most that are listed of one event.")
