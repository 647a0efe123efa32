"""Every code that an error or a finding can carry, and what it means.

A code is part of the interface: it never changes its meaning, and it is never
reused. ``docs/error-codes.md`` lists this enumeration, and a test compares the two.
"""

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A stable code; ``meaning`` says to a person what happened and what to do."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """Attach the meaning to the value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    # requests
    INTERNAL = "INTERNAL", "Something failed that nobody foresaw; the log has the correlation id."
    NOT_FOUND = "NOT-FOUND", "Nothing is at this address, or nothing that you may see."
    METHOD_NOT_ALLOWED = "METHOD-NOT-ALLOWED", "This address does not know the HTTP method."
    REQUEST_INVALID = "REQUEST-INVALID", "A parameter or the body is not of the documented form."
    BODY_TOO_LARGE = "BODY-TOO-LARGE", "The body is over the limit; nothing of it was read."
    BODY_ENCODING_INVALID = "BODY-ENCODING-INVALID", "The body is not the gzip that its header tells of."
    BODY_ENCODING_UNSUPPORTED = (
        "BODY-ENCODING-UNSUPPORTED",
        "The Content-Encoding is not taken; send gzip, or the body as it is.",
    )
    BODY_TOO_SLOW = (
        "BODY-TOO-SLOW",
        "The body came too slowly, or stopped; send it again, over a slow line as a resumable upload.",
    )
    MEDIA_TYPE_UNSUPPORTED = "MEDIA-TYPE-UNSUPPORTED", "The body's media type is not taken here."
    CURSOR_INVALID = "CURSOR-INVALID", "The cursor was not given by this list with these filters."
    RATE_LIMITED = "RATE-LIMITED", "Too many attempts; wait as Retry-After says."
    STORAGE_FULL = "STORAGE-FULL", "No room is left on the disk of the files or of the database; free some."
    UNAVAILABLE = "UNAVAILABLE", "The database or the file store cannot be reached; try again."
    CLOCK_JUMPED = (
        "CLOCK-JUMPED",
        "The clock was set, or is behind the last recording: set it right, or see 'aas-registry clock'.",
    )
    CLOCK_NOT_AS_TOLD = (
        "CLOCK-NOT-AS-TOLD",
        "The clock has not jumped, or not by what was confirmed; look at it again.",
    )
    QUESTION_TIMEOUT = (
        "QUESTION-TIMEOUT",
        "The answer was not ready within the time limit, and was given up; ask for less of it at once.",
    )
    UPLOAD_TIMEOUT = (
        "UPLOAD-TIMEOUT",
        "The work was not done within the time limit and nothing of it was kept; send it in smaller parts.",
    )
    ID_INVALID = "ID-INVALID", "The identifier in the address is not one that this server gave."
    ID_TOO_LONG = "ID-TOO-LONG", "An identifier may hold at most 2,048 characters (AASd, Part 1)."

    # principals
    TOKEN_MISSING = "TOKEN-MISSING", "Send 'Authorization: Bearer …' or log in."
    TOKEN_INVALID = "TOKEN-INVALID", "The token is not known, has expired or was revoked."
    ROLE_FORBIDDEN = "ROLE-FORBIDDEN", "The role of the token or user may not do this."
    LOGIN_FAILED = "LOGIN-FAILED", "User name or password is wrong."
    LOGIN_BUSY = "LOGIN-BUSY", "Many people, or a machine, try to log in at this moment; try again."
    PASSWORD_UNFIT = "PASSWORD-UNFIT", "A password has 10 characters or more, and at most 1,024 bytes."
    PASSWORD_OLD_WRONG = "PASSWORD-OLD-WRONG", "The old password is wrong; nothing was changed."
    ACCOUNT_NONE = "ACCOUNT-NONE", "A token has no password and no sessions; log in as a user."
    SESSION_UNKNOWN = "SESSION-UNKNOWN", "No session that is not over has this id."
    CSRF_FAILED = "CSRF-FAILED", "The form is too old or was not made here; load the page again."
    PARTY_UNKNOWN = "PARTY-UNKNOWN", "No supplier or other party has this name or code."
    PARTY_EXISTS = "PARTY-EXISTS", "A party with this code is on record already."
    USER_EXISTS = "USER-EXISTS", "A user with this name is on record already."
    USER_UNKNOWN = "USER-UNKNOWN", "No user has this name."
    TOKEN_UNKNOWN = "TOKEN-UNKNOWN", "No token has this id."
    ANCHOR_INVALID = "ANCHOR-INVALID", "The PEM does not hold exactly one usable CA certificate."
    ANCHOR_UNKNOWN = "ANCHOR-UNKNOWN", "No trust anchor has this id."
    PREFIX_PINNED = "PREFIX-PINNED", "This prefix is pinned already; remove its pin first."
    PREFIX_UNKNOWN = "PREFIX-UNKNOWN", "This prefix is not pinned."
    IDENTIFIER_KEPT_BACK = (
        "IDENTIFIER-KEPT-BACK",
        "It is stored, but another's object with this id is served; decide under Identifiers which is.",
    )
    IDENTIFIER_NOT_HELD = (
        "IDENTIFIER-NOT-HELD",
        "It is not so that several hold this id and the named one is among them; look at the list again.",
    )

    # uploads: the container
    UPLOAD_EMPTY = "UPLOAD-EMPTY", "The file is empty."
    UPLOAD_TYPE_UNKNOWN = (
        "UPLOAD-TYPE-UNKNOWN",
        "The file is no AASX, AAS JSON, AAS XML or list; send one of these, or put it into a package (AASX).",
    )
    UPLOAD_DOCUMENT_ALONE = (
        "UPLOAD-DOCUMENT-ALONE",
        "A PDF alone names no lot: attach it on its lot's page, or send it with a list or in an AASX.",
    )
    UPLOAD_PICTURE = (
        "UPLOAD-PICTURE",
        "A picture is taken inside a package (AASX) only; one of a reel's label is read by the search.",
    )
    UPLOAD_OFFICE_DOCUMENT = (
        "UPLOAD-OFFICE-DOCUMENT",
        "It is not read: save a certificate as PDF, and a list of lots as .xlsx or CSV.",
    )
    PARTIAL_UPLOAD_OFFSET = (
        "PARTIAL-UPLOAD-OFFSET",
        "The piece does not begin where the upload stands; ask for its offset and go on from there.",
    )
    PARTIAL_UPLOAD_LOCKED = "PARTIAL-UPLOAD-LOCKED", "Another request is writing to this upload; try again."
    PARTIAL_UPLOAD_LIMIT = (
        "PARTIAL-UPLOAD-LIMIT",
        "Too many or too large uploads are unfinished; finish or remove some of them.",
    )
    PARTIAL_UPLOAD_METADATA = (
        "PARTIAL-UPLOAD-METADATA",
        "The header Upload-Metadata is not of pairs of a key and a base64 text, each key once.",
    )
    PARTIAL_UPLOAD_UNFINISHED = "PARTIAL-UPLOAD-UNFINISHED", "Not every byte of the file has arrived yet."
    PARTIAL_UPLOAD_NOT_FOUND = "PARTIAL-UPLOAD-NOT-FOUND", "No resumable upload of yours has this id."
    PARTIAL_UPLOAD_VERSION = (
        "PARTIAL-UPLOAD-VERSION",
        "Resumable uploads speak tus 1.0.0; send the header 'Tus-Resumable: 1.0.0'.",
    )
    UPLOAD_NOT_FOUND = "UPLOAD-NOT-FOUND", "No upload has this id."
    ZIP_INVALID = "ZIP-INVALID", "The AASX is no ZIP archive, or it is cut off or damaged."
    ZIP_TOO_LARGE = "ZIP-TOO-LARGE", "The archive would unpack to more than the limit."
    ZIP_RATIO = "ZIP-RATIO", "A part of the archive unpacks to more times its size than the limit."
    ZIP_TOO_MANY_PARTS = "ZIP-TOO-MANY-PARTS", "The archive has more parts than the limit."
    ZIP_PART_NAME = "ZIP-PART-NAME", "A part has a name that leaves the package or is malformed."
    ZIP_PART_DUPLICATE = "ZIP-PART-DUPLICATE", "Two parts of the archive have the same name."
    ZIP_ENCRYPTED = "ZIP-ENCRYPTED", "A part of the archive is encrypted."
    ZIP_OVERLAP = "ZIP-OVERLAP", "Two parts of the archive, or a part and the directory, share bytes."
    ZIP_SIZE_LIE = "ZIP-SIZE-LIE", "A header of the archive says other than what the part is."
    ZIP_OUTSIDE_DATA = "ZIP-OUTSIDE-DATA", "The archive holds bytes that belong to no part of it."
    ZIP_SPECIAL_FILE = "ZIP-SPECIAL-FILE", "An entry of the archive is a link, a device or a pipe."
    FILE_POLYGLOT = "FILE-POLYGLOT", "The file can be read as two kinds of file at once."
    AASX_NO_ORIGIN = "AASX-NO-ORIGIN", "The package has no aasx-origin relationship (Part 5)."
    AASX_NO_SPEC = "AASX-NO-SPEC", "The package names no AAS data (aas-spec), or it is missing."
    AASX_PART_MISSING = "AASX-PART-MISSING", "The package names a part that it does not hold."
    AASX_PART_ODDLY_NAMED = (
        "AASX-PART-ODDLY-NAMED",
        "A part was found although its name is written as no tool should; nothing was lost.",
    )
    AASX_PART_UNREFERENCED = (
        "AASX-PART-UNREFERENCED",
        "The package holds a part that nothing names; it is kept, and exported with the package's shells.",
    )
    AASX_TOO_MANY_RELATIONSHIPS = "AASX-TOO-MANY-RELATIONSHIPS", "A part has more relationships than allowed."
    AASX_CONTENT_TYPES = (
        "AASX-CONTENT-TYPES",
        "The package's content types contradict each other, or name no media type.",
    )
    AASX_RELATIONSHIP_CYCLE = (
        "AASX-RELATIONSHIP-CYCLE",
        "The relationships of the package lead in a circle, or are chained beyond the limit.",
    )
    AASX_RELATIONSHIP_LEGACY = (
        "AASX-RELATIONSHIP-LEGACY",
        "A relationship was read by its old name or in spite of its TargetMode.",
    )

    # uploads: the content
    XML_INVALID = "XML-INVALID", "The XML is not well formed."
    XML_DOCTYPE = "XML-DOCTYPE", "XML with a DOCTYPE is refused."
    XML_TOO_DEEP = "XML-TOO-DEEP", "The XML is nested deeper than the limit."
    XML_TOO_WIDE = (
        "XML-TOO-WIDE",
        "The XML has more attributes in an element, more names, or a longer tag or comment than the limit.",
    )
    JSON_INVALID = "JSON-INVALID", "The JSON is not well formed."
    JSON_TOO_DEEP = "JSON-TOO-DEEP", "The JSON is nested deeper than the limit."
    JSON_TOO_LARGE = "JSON-TOO-LARGE", "The JSON has more values, or more names of members, than the limit."
    JSON_DUPLICATE_KEY = "JSON-DUPLICATE-KEY", "An object of the JSON has the same key twice."
    JSON_NUMBER = "JSON-NUMBER", "A number has too many digits, or cannot be kept exactly (RFC 8785)."
    NOT_UTF8 = "NOT-UTF8", "The text is not UTF-8."
    METAMODEL_UNSUPPORTED = "METAMODEL-UNSUPPORTED", "The file is of metamodel 1.0 or 2.0; send 3.0 or 3.1."
    AAS_UNREADABLE = "AAS-UNREADABLE", "An element cannot be understood as the AAS metamodel says."
    AAS_EMPTY = "AAS-EMPTY", "The file holds no shell, no submodel and no concept description."
    AAS_CONSTRAINT = "AAS-CONSTRAINT", "An element violates a constraint of the AAS metamodel."
    AAS_MEMBER_UNKNOWN = "AAS-MEMBER-UNKNOWN", "An object has a member that its class does not have."
    AAS_MEMBER_MISSING = "AAS-MEMBER-MISSING", "An object lacks a member that its class demands."
    AAS_MODEL_TYPE = "AAS-MODEL-TYPE", "The modelType is missing, unknown, or not taken at this place."
    AAS_VALUE_TYPE = "AAS-VALUE-TYPE", "A value is of another type than the metamodel says."
    AAS_VALUE_NULL = "AAS-VALUE-NULL", "A value is null; a member without a value is left out."
    AAS_VALUE_LITERAL = "AAS-VALUE-LITERAL", "A value is none of the literals that its enumeration has."
    AAS_LIST_EMPTY = "AAS-LIST-EMPTY", "A list is empty; a list without items is left out."
    AAS_ID_SUBSTITUTED = "AAS-ID-SUBSTITUTED", "An identifiable has no usable id; it got one of its content."
    AAS_ELEMENT_ALONE = (
        "AAS-ELEMENT-ALONE",
        "An element alone is no document; upload its submodel, or POST it to the submodel-elements of one.",
    )
    AAS_LIST_ALONE = "AAS-LIST-ALONE", "A list of identifiables stands where an environment belongs."
    AAS_NAMESPACE = "AAS-NAMESPACE", "The file was read with the rules of another 3.x version."
    AAS_DUPLICATE_ID = "AAS-DUPLICATE-ID", "Two identifiables of the file have the same id."
    AAS_DATA_TOO_LARGE = "AAS-DATA-TOO-LARGE", "The AAS JSON or XML is longer than the limit."
    AAS_VALUE_TOO_LONG = (
        "AAS-VALUE-TOO-LONG",
        "Values are so long, where the metamodel has short ones, that they cannot be checked.",
    )
    AAS_TOO_MANY_ELEMENTS = "AAS-TOO-MANY-ELEMENTS", "The file holds more elements than the limit."
    LOT_FACT_INVALID = "LOT-FACT-INVALID", "A lot fact (quantity, date) is not of a known form."
    LOT_FACT_CONFLICT = "LOT-FACT-CONFLICT", "Two places state a lot fact differently; the first is taken."
    LOT_FACTS_INCOMPLETE = (
        "LOT-FACTS-INCOMPLETE",
        "A shell names a lot code but no manufacturer or part number; no lot was recorded.",
    )
    TEMPLATE_VIOLATED = "TEMPLATE-VIOLATED", "A submodel lacks what its template makes mandatory."
    TEMPLATE_TYPE = "TEMPLATE-TYPE", "An element is of another type than its template says."
    TEMPLATE_CARDINALITY = "TEMPLATE-CARDINALITY", "An element is there more often than its template allows."
    TEMPLATE_VALUE_MISSING = "TEMPLATE-VALUE-MISSING", "A mandatory element of the template has no value."
    TEMPLATE_VERSION = (
        "TEMPLATE-VERSION",
        "The submodel follows a version of a template that the registry knows but does not compare with.",
    )

    # lists of lots, reels and certificates
    SPREADSHEET_TYPE = (
        "SPREADSHEET-TYPE",
        "The file is no .xlsx and no CSV; save it as one of these, without a password.",
    )
    SPREADSHEET_DAMAGED = "SPREADSHEET-DAMAGED", "The workbook or the CSV text is cut off or malformed."
    SPREADSHEET_TOO_LARGE = (
        "SPREADSHEET-TOO-LARGE",
        "The list has more rows, columns or text than the limit; send it in several files.",
    )
    SPREADSHEET_ENCODING = "SPREADSHEET-ENCODING", "The CSV is not UTF-8; save it as 'CSV UTF-8' or as .xlsx."
    SPREADSHEET_SHEET_IGNORED = "SPREADSHEET-SHEET-IGNORED", "Other sheets of the workbook were not read."
    SPREADSHEET_HEADER_MISSING = (
        "SPREADSHEET-HEADER-MISSING",
        "No row holds the column names; take the template, or copy its first row.",
    )
    SPREADSHEET_COLUMN_MISSING = "SPREADSHEET-COLUMN-MISSING", "A column that every list needs is missing."
    SPREADSHEET_COLUMN_DUPLICATE = "SPREADSHEET-COLUMN-DUPLICATE", "Two columns mean the same."
    SPREADSHEET_COLUMN_UNKNOWN = "SPREADSHEET-COLUMN-UNKNOWN", "A column is unknown; the original has it."
    SPREADSHEET_NO_ROWS = "SPREADSHEET-NO-ROWS", "The list has column names and no row below them."
    SPREADSHEET_CELL_MISSING = "SPREADSHEET-CELL-MISSING", "A cell that every row needs is empty."
    SPREADSHEET_CELL_ERROR = "SPREADSHEET-CELL-ERROR", "The cell holds an error such as #N/A, or a yes/no."
    SPREADSHEET_TEXT_INVALID = (
        "SPREADSHEET-TEXT-INVALID",
        "The text is too long, or holds characters that no text may hold.",
    )
    SPREADSHEET_CODE_ALTERED = (
        "SPREADSHEET-CODE-ALTERED",
        "A code was stored as a number or a date; format the column as text and enter it again.",
    )
    SPREADSHEET_TEXT_MARK = (
        "SPREADSHEET-TEXT-MARK",
        "A cell begins with an apostrophe; before a digit or sign it marks text and was taken off.",
    )
    SPREADSHEET_ROW_TOO_LONG = (
        "SPREADSHEET-ROW-TOO-LONG",
        "A row with quantities has values behind the last named column: a comma within one shifts the rest.",
    )
    SPREADSHEET_FORMULA = "SPREADSHEET-FORMULA", "A cell holds a formula, or begins like one; put the value."
    SPREADSHEET_FORMULA_ACTIVE = (
        "SPREADSHEET-FORMULA-ACTIVE",
        "A formula starts a program, asks a server, or is longer than any; replace it by its value.",
    )
    SPREADSHEET_PROGRAM = (
        "SPREADSHEET-PROGRAM",
        "The workbook holds macros, links or connections, which are never followed; save it without them.",
    )
    SPREADSHEET_QUANTITY_INVALID = (
        "SPREADSHEET-QUANTITY-INVALID",
        "No quantity: digits, with at most one decimal sign, no thousands sign, not negative.",
    )
    SPREADSHEET_DATE_INVALID = "SPREADSHEET-DATE-INVALID", "No date of the calendar; write YYYY-MM-DD."
    SPREADSHEET_COUNTRY_UNKNOWN = (
        "SPREADSHEET-COUNTRY-UNKNOWN",
        "No country code; write two letters of ISO 3166-1, such as DE or JP.",
    )
    SPREADSHEET_LOT_CONFLICT = "SPREADSHEET-LOT-CONFLICT", "Two rows of one lot say different things of it."
    SPREADSHEET_REEL_DUPLICATE = "SPREADSHEET-REEL-DUPLICATE", "Two rows name the same reel of the same lot."
    SPREADSHEET_REEL_SHARED = "SPREADSHEET-REEL-SHARED", "Two lots name the same reel; both are kept."
    SPREADSHEET_REEL_QUANTITY = (
        "SPREADSHEET-REEL-QUANTITY",
        "The reels of a lot hold more than the lot; both numbers are kept as they are.",
    )
    SPREADSHEET_CERTIFICATE_MISSING = (
        "SPREADSHEET-CERTIFICATE-MISSING",
        "A row names a certificate file that was not sent with the list.",
    )
    SPREADSHEET_CERTIFICATE_UNUSED = (
        "SPREADSHEET-CERTIFICATE-UNUSED",
        "A file was sent with the list, and no row names it.",
    )
    SPREADSHEET_CERTIFICATE_CONFLICT = (
        "SPREADSHEET-CERTIFICATE-CONFLICT",
        "Two rows say different things of the same certificate.",
    )
    SPREADSHEET_CERTIFICATE_LOTS = (
        "SPREADSHEET-CERTIFICATE-LOTS",
        "A certificate covers more lots than one certificate may; send the list in parts.",
    )
    SPREADSHEET_MORE_FINDINGS = (
        "SPREADSHEET-MORE-FINDINGS",
        "There is more of this kind; mend what is listed and check again.",
    )

    AS_BUILT_REFERENCE = (
        "AS-BUILT-REFERENCE",
        "A relationship of a hierarchical structure names a node that is not there; it was not taken.",
    )
    AS_BUILT_CYCLE = "AS-BUILT-CYCLE", "A hierarchical structure says that an asset is a part of itself."
    AS_BUILT_VALUE = "AS-BUILT-VALUE", "An archetype, count or node of a hierarchical structure is none."
    AS_BUILT_TOO_LARGE = "AS-BUILT-TOO-LARGE", "A hierarchical structure is larger than is read."

    # AAS API
    SHELL_NOT_FOUND = "SHELL-NOT-FOUND", "No shell has this id."
    SUBMODEL_NOT_FOUND = "SUBMODEL-NOT-FOUND", "No submodel has this id."
    CONCEPT_DESCRIPTION_NOT_FOUND = "CONCEPT-DESCRIPTION-NOT-FOUND", "No concept description has this id."
    ELEMENT_NOT_FOUND = "ELEMENT-NOT-FOUND", "The submodel has no element at this idShort path."
    ELEMENT_EXISTS = "ELEMENT-EXISTS", "The submodel has an element at this idShort path already."
    ID_SHORT_PATH_TOO_LONG = (
        "ID-SHORT-PATH-TOO-LONG",
        "An element stands so deep, below names so long, that its idShort path is over the limit.",
    )
    ID_SHORT_PATH_INVALID = "ID-SHORT-PATH-INVALID", "The idShort path is not well formed."
    IDENTIFIER_EXISTS = "IDENTIFIER-EXISTS", "You hold an object with this id already; PUT changes it."
    IDENTIFIER_MISMATCH = "IDENTIFIER-MISMATCH", "The id in the body differs from the address."

    # lots, certificates, events, reports
    LOT_NOT_FOUND = "LOT-NOT-FOUND", "No material lot has this id."
    UNIT_NOT_FOUND = "UNIT-NOT-FOUND", "No unit has this id."
    MERGE_NOT_FOUND = "MERGE-NOT-FOUND", "No lot or part type that is still merged has this id."
    MERGE_OF_PART_TYPE = (
        "MERGE-OF-PART-TYPE",
        "The lot was merged with its part type; part the part type, and the lot goes with it.",
    )
    CERTIFICATE_NOT_FOUND = "CERTIFICATE-NOT-FOUND", "No certificate has this id."
    CERTIFICATE_SUBJECT_MISSING = (
        "CERTIFICATE-SUBJECT-MISSING",
        "Say what the certificate speaks of: lots, delivery note, part, …",
    )
    CERTIFICATE_SUBJECT_UNKNOWN = (
        "CERTIFICATE-SUBJECT-UNKNOWN",
        "The certificate speaks of a lot or delivery note that is not on record.",
    )
    CERTIFICATE_STATE = "CERTIFICATE-STATE", "A certificate's life does not allow this step from here."
    CERTIFICATE_TOO_LARGE = (
        "CERTIFICATE-TOO-LARGE",
        "The PDF is over the limit of certificates; in a package it is kept as a file and not examined.",
    )
    CERTIFICATE_TOO_MANY = (
        "CERTIFICATE-TOO-MANY",
        "The package names more certificates, or longer ones, than are examined; the rest are kept as files.",
    )
    CERTIFICATE_LOTS = "CERTIFICATE-LOTS", "A certificate of the package covers more lots than the limit."
    CERTIFICATE_DATE = "CERTIFICATE-DATE", "A date that a submodel states of a certificate is none."
    CERTIFICATE_TYPE_UNKNOWN = "CERTIFICATE-TYPE-UNKNOWN", "The file is no PDF."
    PDF_ACTIVE = "PDF-ACTIVE", "The PDF holds a script, starts programs or sends data; print it to a new PDF."
    PDF_ENCRYPTED = "PDF-ENCRYPTED", "The PDF is encrypted; save it without a password."
    PDF_PROGRAM = "PDF-PROGRAM", "The PDF carries a program as an attachment."
    PDF_TOO_LARGE = "PDF-TOO-LARGE", "The PDF is longer, or unpacks to more, than the limits."
    LABEL_EMPTY = "LABEL-EMPTY", "The label holds no field."
    LABEL_TOO_LONG = "LABEL-TOO-LONG", "The label's text is longer than the limit."
    LABEL_UNREADABLE = (
        "LABEL-UNREADABLE",
        "The text is no label of a known kind (ISO/IEC 15434 format 05 or 06, GS1, TME, LCSC).",
    )
    LABEL_SEPARATORS_LOST = (
        "LABEL-SEPARATORS-LOST",
        "The scanner dropped the control characters between the fields; set it to send them.",
    )
    LABEL_FORMAT_UNSUPPORTED = (
        "LABEL-FORMAT-UNSUPPORTED",
        "The label has an ISO/IEC 15434 envelope of another format than 05 and 06.",
    )
    LABEL_MENDED = "LABEL-MENDED", "The label was read in spite of a lost or replaced control character."
    LABEL_FIELD_MALFORMED = "LABEL-FIELD-MALFORMED", "A field of the label begins with no identifier."
    LABEL_IDENTIFIER_UNKNOWN = "LABEL-IDENTIFIER-UNKNOWN", "A field's identifier is not known; it is kept."
    LABEL_FIELD_CONFLICT = "LABEL-FIELD-CONFLICT", "Two fields say different things; the first is taken."
    LABEL_QUANTITY_INVALID = "LABEL-QUANTITY-INVALID", "A quantity on the label is of no known form."
    LABEL_DATE_INVALID = "LABEL-DATE-INVALID", "A date on the label is not as its identifier prescribes."
    LABEL_AMBIGUOUS = (
        "LABEL-AMBIGUOUS",
        "Separators were lost, so that a field of the label may have swallowed others; say which is meant.",
    )
    LABEL_GS1_INVALID = "LABEL-GS1-INVALID", "The GS1 element strings break the GS1 rules here."
    LABEL_CODE_IGNORED = "LABEL-CODE-IGNORED", "A code in the picture is no field of a label."
    LABEL_UNWRITABLE = "LABEL-UNWRITABLE", "A text does not fit the symbology, or holds a separator."
    LABEL_PICTURE_TYPE = "LABEL-PICTURE-TYPE", "The file is no PNG, JPEG or WebP picture."
    LABEL_PICTURE_TOO_LARGE = "LABEL-PICTURE-TOO-LARGE", "The picture has too many bytes or pixels."
    LABEL_PICTURE_DAMAGED = "LABEL-PICTURE-DAMAGED", "The picture is cut off or damaged."
    LABEL_PICTURE_POLYGLOT = "LABEL-PICTURE-POLYGLOT", "The picture is also a file of another kind."
    LABEL_PICTURE_NO_CODE = "LABEL-PICTURE-NO-CODE", "No readable code was found in the picture."
    EVENT_INVALID = "EVENT-INVALID", "The event is not of the documented form."
    EVENT_TYPE_UNKNOWN = "EVENT-TYPE-UNKNOWN", "The type or message of the event is not known."
    EVENT_QUANTITY_NEGATIVE = (
        "EVENT-QUANTITY-NEGATIVE",
        "Quantities are positive; to take a use back, send an event of type 'removed'.",
    )
    EVENT_ID_REUSED = "EVENT-ID-REUSED", "Another event with different content has this id."
    EVENT_CONFLICT = "EVENT-CONFLICT", "The event contradicts what is on record."
    EVENT_TOO_MANY = "EVENT-TOO-MANY", "The request holds more events than the limit."
    REPORT_NOT_FOUND = "REPORT-NOT-FOUND", "No report has this id."
    REPORT_TOO_LARGE = "REPORT-TOO-LARGE", "The answer has more rows than a report may hold."

    # exports
    EXPORT_EMPTY = "EXPORT-EMPTY", "The selection holds no shell, submodel or concept description."
    EXPORT_TOO_LARGE = (
        "EXPORT-TOO-LARGE",
        "The selection holds more than one export may; the message names the setting. Export it in parts.",
    )
    EXPORT_NOT_XML = "EXPORT-NOT-XML", "An object holds what AAS XML cannot say; export it as JSON."
    EXPORT_PART_RENAMED = (
        "EXPORT-PART-RENAMED",
        "Two files of the export had one part name; one was renamed where it is named, too.",
    )
    EXPORT_THUMBNAIL_AS_FILE = "EXPORT-THUMBNAIL-AS-FILE", "An export has one thumbnail; this one is a file."

    # operations
    NO_SIGNING_KEY = "NO-SIGNING-KEY", "The registry holds no key for this purpose; run 'keys init'."
    KEY_UNREADABLE = "KEY-UNREADABLE", "The key file cannot be opened with the configured passphrase."
    SESSION_SECRET_UNREADABLE = (
        "SESSION-SECRET-UNREADABLE",
        "The file of the session secret cannot be read, or holds none; restore or remove it.",
    )
    DATA_DIR_OPEN = (
        "DATA-DIR-OPEN",
        "Others may read or write the data folder, or own it; close it with chmod, or set shared_data_dir.",
    )
    KEYS_EXIST = "KEYS-EXIST", "The registry has keys already; they are never overwritten."
    DATA_FOLDER_UNUSABLE = "DATA-FOLDER-UNUSABLE", "The data folder cannot be made, read or written."
    DATABASE_OUTDATED = "DATABASE-OUTDATED", "Run 'aas-registry database upgrade'."
    BACKUP_INVALID = "BACKUP-INVALID", "The file is no backup of this registry, or it is damaged."
    REGISTRY_NOT_EMPTY = (
        "REGISTRY-NOT-EMPTY",
        "The registry holds rows already; a backup is restored into an empty one only.",
    )
    DATABASE_DAMAGED = "DATABASE-DAMAGED", "The database cannot be read whole, or its tables are not ours."
    NO_REGISTRY = "NO-REGISTRY", "There is no registry in the data folder; look at AAS_REGISTRY_DATA_DIR."
    FILE_MISSING = "FILE-MISSING", "A row names a stored file that is not in the file store."
    FILE_DAMAGED = "FILE-DAMAGED", "A stored file does not have the digest or size under which it is kept."
    FILE_UNNAMED = "FILE-UNNAMED", "A stored file is named by no row; a later start sweeps it."
    ROW_DAMAGED = "ROW-DAMAGED", "A stored document or event does not have the digest that stands beside it."
    PROJECTION_DIFFERS = (
        "PROJECTION-DIFFERS",
        "The genealogy is not what the events say; run 'database rebuild-projection'.",
    )
    BIND_REFUSED = "BIND-REFUSED", "Without authentication, or as demo, the server listens on loopback only."
    WORKER_FAILED = "WORKER-FAILED", "A worker process ended before the server served; its log says why."
    LISTEN_FAILED = "LISTEN-FAILED", "The server cannot listen at this address and port."
    IDENTIFIER_AMBIGUOUS = (
        "IDENTIFIER-AMBIGUOUS",
        "Several have this identifier; ask again with the id of one of the candidates.",
    )
    ENVELOPE_INVALID = "ENVELOPE-INVALID", "The file is no DSSE envelope in its canonical form."
    REPORT_GLYPHS = "REPORT-GLYPHS", "The report could not be typeset; report.json holds the same content."
    BUNDLE_INVALID = "BUNDLE-INVALID", "The file is no report bundle."
    SETTING_INVALID = "SETTING-INVALID", "A setting has a value that it cannot take."
