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
    MEDIA_TYPE_UNSUPPORTED = "MEDIA-TYPE-UNSUPPORTED", "The body's media type is not taken here."
    CURSOR_INVALID = "CURSOR-INVALID", "The cursor was not given by this list with these filters."
    RATE_LIMITED = "RATE-LIMITED", "Too many attempts; wait as Retry-After says."
    UNAVAILABLE = "UNAVAILABLE", "The database or the file store cannot be reached; try again."
    ID_INVALID = "ID-INVALID", "The identifier in the address is not one that this server gave."
    ID_TOO_LONG = "ID-TOO-LONG", "An identifier may hold at most 2,048 characters (AASd, Part 1)."

    # principals
    TOKEN_MISSING = "TOKEN-MISSING", "Send 'Authorization: Bearer …' or log in."
    TOKEN_INVALID = "TOKEN-INVALID", "The token is not known, has expired or was revoked."
    ROLE_FORBIDDEN = "ROLE-FORBIDDEN", "The role of the token or user may not do this."
    LOGIN_FAILED = "LOGIN-FAILED", "User name or password is wrong."
    CSRF_FAILED = "CSRF-FAILED", "The form is too old or was not made here; load the page again."
    PARTY_UNKNOWN = "PARTY-UNKNOWN", "No supplier or other party has this name or code."
    PARTY_EXISTS = "PARTY-EXISTS", "A party with this code is on record already."
    USER_EXISTS = "USER-EXISTS", "A user with this name is on record already."
    USER_UNKNOWN = "USER-UNKNOWN", "No user has this name."
    TOKEN_UNKNOWN = "TOKEN-UNKNOWN", "No token has this id."
    ANCHOR_INVALID = "ANCHOR-INVALID", "The PEM does not hold exactly one usable CA certificate."
    ANCHOR_UNKNOWN = "ANCHOR-UNKNOWN", "No trust anchor has this id."

    # uploads: the container
    UPLOAD_EMPTY = "UPLOAD-EMPTY", "The file is empty."
    UPLOAD_TYPE_UNKNOWN = "UPLOAD-TYPE-UNKNOWN", "The file is no AASX, AAS JSON or AAS XML."
    UPLOAD_NOT_FOUND = "UPLOAD-NOT-FOUND", "No upload has this id."
    ZIP_INVALID = "ZIP-INVALID", "The AASX is no ZIP archive, or it is cut off or damaged."
    ZIP_TOO_LARGE = "ZIP-TOO-LARGE", "The archive would unpack to more than the limit."
    ZIP_RATIO = "ZIP-RATIO", "A part of the archive unpacks to more times its size than the limit."
    ZIP_TOO_MANY_PARTS = "ZIP-TOO-MANY-PARTS", "The archive has more parts than the limit."
    ZIP_PART_NAME = "ZIP-PART-NAME", "A part has a name that leaves the package or is malformed."
    ZIP_PART_DUPLICATE = "ZIP-PART-DUPLICATE", "Two parts of the archive have the same name."
    ZIP_ENCRYPTED = "ZIP-ENCRYPTED", "A part of the archive is encrypted."
    AASX_NO_ORIGIN = "AASX-NO-ORIGIN", "The package has no aasx-origin relationship (Part 5)."
    AASX_NO_SPEC = "AASX-NO-SPEC", "The package names no AAS data (aas-spec), or it is missing."
    AASX_PART_MISSING = "AASX-PART-MISSING", "The package names a part that it does not hold."
    AASX_PART_UNREFERENCED = (
        "AASX-PART-UNREFERENCED",
        "The package holds a part that nothing names; it stays in the original only.",
    )
    AASX_RELATIONSHIP_LEGACY = (
        "AASX-RELATIONSHIP-LEGACY",
        "A relationship was read by its old name or in spite of its TargetMode.",
    )

    # uploads: the content
    XML_INVALID = "XML-INVALID", "The XML is not well formed."
    XML_DOCTYPE = "XML-DOCTYPE", "XML with a DOCTYPE is refused."
    XML_TOO_DEEP = "XML-TOO-DEEP", "The XML is nested deeper than the limit."
    JSON_INVALID = "JSON-INVALID", "The JSON is not well formed."
    JSON_TOO_DEEP = "JSON-TOO-DEEP", "The JSON is nested deeper than the limit."
    JSON_DUPLICATE_KEY = "JSON-DUPLICATE-KEY", "An object of the JSON has the same key twice."
    JSON_NUMBER = "JSON-NUMBER", "A number cannot be kept exactly (RFC 8785)."
    NOT_UTF8 = "NOT-UTF8", "The text is not UTF-8."
    METAMODEL_UNSUPPORTED = (
        "METAMODEL-UNSUPPORTED",
        "The file is of AAS metamodel 1.0 or 2.0; 3.0 and 3.1 are taken.",
    )
    AAS_UNREADABLE = "AAS-UNREADABLE", "An element cannot be understood as the AAS metamodel says."
    AAS_EMPTY = "AAS-EMPTY", "The file holds no shell, no submodel and no concept description."
    AAS_CONSTRAINT = "AAS-CONSTRAINT", "An element violates a constraint of the AAS metamodel."
    AAS_NAMESPACE = "AAS-NAMESPACE", "The file was read with the rules of another 3.x version."
    AAS_DUPLICATE_ID = "AAS-DUPLICATE-ID", "Two identifiables of the file have the same id."
    AAS_DATA_TOO_LARGE = "AAS-DATA-TOO-LARGE", "The AAS JSON or XML is longer than the limit."
    AAS_TOO_MANY_ELEMENTS = "AAS-TOO-MANY-ELEMENTS", "The file holds more elements than the limit."
    IDENTIFIER_UNAVAILABLE = "IDENTIFIER-UNAVAILABLE", "The id cannot be used by this submitter."
    LOT_FACT_INVALID = "LOT-FACT-INVALID", "A lot fact (quantity, date) is not of a known form."
    LOT_FACT_CONFLICT = "LOT-FACT-CONFLICT", "Two places state a lot fact differently; the first is taken."
    LOT_FACTS_INCOMPLETE = (
        "LOT-FACTS-INCOMPLETE",
        "A shell names a lot code but no manufacturer or part number; no lot was recorded.",
    )
    TEMPLATE_VIOLATED = "TEMPLATE-VIOLATED", "A submodel lacks what its template makes mandatory."

    # AAS API
    SHELL_NOT_FOUND = "SHELL-NOT-FOUND", "No shell has this id."
    SUBMODEL_NOT_FOUND = "SUBMODEL-NOT-FOUND", "No submodel has this id."
    CONCEPT_DESCRIPTION_NOT_FOUND = (
        "CONCEPT-DESCRIPTION-NOT-FOUND",
        "No concept description has this id.",
    )
    ELEMENT_NOT_FOUND = "ELEMENT-NOT-FOUND", "The submodel has no element at this idShort path."
    ELEMENT_EXISTS = "ELEMENT-EXISTS", "The submodel has an element at this idShort path already."
    ID_SHORT_PATH_INVALID = "ID-SHORT-PATH-INVALID", "The idShort path is not well formed."
    IDENTIFIER_EXISTS = "IDENTIFIER-EXISTS", "An object with this id is on record already."
    IDENTIFIER_MISMATCH = "IDENTIFIER-MISMATCH", "The id in the body differs from the address."

    # lots, certificates, events, reports
    LOT_NOT_FOUND = "LOT-NOT-FOUND", "No material lot has this id."
    UNIT_NOT_FOUND = "UNIT-NOT-FOUND", "No unit has this id."
    CERTIFICATE_NOT_FOUND = "CERTIFICATE-NOT-FOUND", "No certificate has this id."
    CERTIFICATE_SUBJECT_MISSING = (
        "CERTIFICATE-SUBJECT-MISSING",
        "Say what the certificate speaks of: lots, delivery note, part, …",
    )
    CERTIFICATE_SUBJECT_UNKNOWN = (
        "CERTIFICATE-SUBJECT-UNKNOWN",
        "The certificate speaks of a lot or delivery note that is not on record.",
    )
    CERTIFICATE_STATE = (
        "CERTIFICATE-STATE",
        "The life of a certificate does not allow this step from where it stands.",
    )
    CERTIFICATE_TYPE_UNKNOWN = "CERTIFICATE-TYPE-UNKNOWN", "The file is no PDF."
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

    # operations
    NO_SIGNING_KEY = (
        "NO-SIGNING-KEY",
        "The registry holds no key for this purpose; run 'keys init'.",
    )
    KEY_UNREADABLE = (
        "KEY-UNREADABLE",
        "The key file cannot be opened with the configured passphrase.",
    )
    KEYS_EXIST = "KEYS-EXIST", "The registry has keys already; they are never overwritten."
    DATABASE_OUTDATED = "DATABASE-OUTDATED", "Run 'aas-registry database upgrade'."
    BACKUP_INVALID = "BACKUP-INVALID", "The file is no backup of this registry, or it is damaged."
    REGISTRY_NOT_EMPTY = (
        "REGISTRY-NOT-EMPTY",
        "The registry holds rows already; a backup is restored into an empty one only.",
    )
    DATABASE_DAMAGED = "DATABASE-DAMAGED", "The database's own check, or its tables, are not as they must be."
    FILE_MISSING = "FILE-MISSING", "A row names a stored file that is not in the file store."
    FILE_DAMAGED = "FILE-DAMAGED", "A stored file does not have the digest or size under which it is kept."
    FILE_UNNAMED = "FILE-UNNAMED", "A stored file is named by no row; a later start sweeps it."
    ROW_DAMAGED = "ROW-DAMAGED", "A stored document or event does not have the digest that stands beside it."
    PROJECTION_DIFFERS = (
        "PROJECTION-DIFFERS",
        "The genealogy is not what the events say; run 'database rebuild-projection'.",
    )
    BIND_REFUSED = (
        "BIND-REFUSED",
        "Without authentication, and as a demo, the server listens on loopback only.",
    )
    LISTEN_FAILED = "LISTEN-FAILED", "The server cannot listen at this address and port."
    IDENTIFIER_AMBIGUOUS = (
        "IDENTIFIER-AMBIGUOUS",
        "Several have this identifier; ask again with the id of one of the candidates.",
    )
    ENVELOPE_INVALID = "ENVELOPE-INVALID", "The file is no DSSE envelope in its canonical form."
    REPORT_GLYPHS = (
        "REPORT-GLYPHS",
        "The report could not be typeset; report.json holds the same content.",
    )
    BUNDLE_INVALID = "BUNDLE-INVALID", "The file is no report bundle."
    SETTING_INVALID = "SETTING-INVALID", "A setting has a value that it cannot take."
