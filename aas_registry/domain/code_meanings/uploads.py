"""Meanings of the codes about files that are sent: packages, AAS data, lists."""

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    # uploads: the container
    "UPLOAD-EMPTY": "The file is empty.",
    "UPLOAD-TYPE-UNKNOWN": (
        "The file is no AASX, AAS JSON, AAS XML or list; send one of these, or put it into a package (AASX)."
    ),
    "UPLOAD-DOCUMENT-ALONE": (
        "A PDF alone names no lot: attach it on its lot's page, or send it with a list or in an AASX."
    ),
    "UPLOAD-PICTURE": (
        "A picture is taken inside a package (AASX) only; one of a reel's label is read by the search."
    ),
    "UPLOAD-OFFICE-DOCUMENT": (
        "It is not read: save a certificate as PDF, and a list of lots as .xlsx or CSV."
    ),
    "PARTIAL-UPLOAD-OFFSET": (
        "The piece does not begin where the upload stands; ask for its offset and go on from there."
    ),
    "PARTIAL-UPLOAD-LOCKED": "Another request is writing to this upload; try again.",
    "PARTIAL-UPLOAD-LIMIT": "Too many or too large uploads are unfinished; finish or remove some of them.",
    "PARTIAL-UPLOAD-METADATA": (
        "The header Upload-Metadata is not of pairs of a key and a base64 text, each key once."
    ),
    "PARTIAL-UPLOAD-UNFINISHED": "Not every byte of the file has arrived yet.",
    "PARTIAL-UPLOAD-NOT-FOUND": "No resumable upload of yours has this id.",
    "PARTIAL-UPLOAD-VERSION": "Resumable uploads speak tus 1.0.0; send the header 'Tus-Resumable: 1.0.0'.",
    "UPLOAD-NOT-FOUND": "No upload has this id.",
    "ZIP-INVALID": "The AASX is no ZIP archive, or it is cut off or damaged.",
    "ZIP-TOO-LARGE": "The archive would unpack to more than the limit.",
    "ZIP-RATIO": "A part of the archive unpacks to more times its size than the limit.",
    "ZIP-TOO-MANY-PARTS": "The archive has more parts than the limit.",
    "ZIP-PART-NAME": "A part has a name that leaves the package or is malformed.",
    "ZIP-PART-DUPLICATE": "Two parts of the archive have the same name.",
    "ZIP-ENCRYPTED": "A part of the archive is encrypted.",
    "ZIP-OVERLAP": "Two parts of the archive, or a part and the directory, share bytes.",
    "ZIP-SIZE-LIE": "A header of the archive says other than what the part is.",
    "ZIP-OUTSIDE-DATA": "The archive holds bytes that belong to no part of it.",
    "ZIP-SPECIAL-FILE": "An entry of the archive is a link, a device or a pipe.",
    "FILE-POLYGLOT": "The file can be read as two kinds of file at once.",
    "AASX-NO-ORIGIN": "The package has no aasx-origin relationship (Part 5).",
    "AASX-NO-SPEC": "The package names no AAS data (aas-spec), or it is missing.",
    "AASX-PART-MISSING": "The package names a part that it does not hold.",
    "AASX-PART-ODDLY-NAMED": (
        "A part was found although its name is written as no tool should; nothing was lost."
    ),
    "AASX-PART-UNREFERENCED": (
        "The package holds a part that nothing names; it is kept, and exported with the package's shells."
    ),
    "AASX-TOO-MANY-RELATIONSHIPS": "A part has more relationships than allowed.",
    "AASX-CONTENT-TYPES": "The package's content types contradict each other, or name no media type.",
    "AASX-RELATIONSHIP-CYCLE": (
        "The relationships of the package lead in a circle, or are chained beyond the limit."
    ),
    "AASX-RELATIONSHIP-LEGACY": "A relationship was read by its old name or in spite of its TargetMode.",
    # uploads: the content
    "XML-INVALID": "The XML is not well formed.",
    "XML-DOCTYPE": "XML with a DOCTYPE is refused.",
    "XML-TOO-DEEP": "The XML is nested deeper than the limit.",
    "XML-TOO-WIDE": (
        "The XML has more attributes in an element, more names, or a longer tag or comment than the limit."
    ),
    "JSON-INVALID": "The JSON is not well formed.",
    "JSON-TOO-DEEP": "The JSON is nested deeper than the limit.",
    "JSON-TOO-LARGE": "The JSON has more values, or more names of members, than the limit.",
    "JSON-DUPLICATE-KEY": "An object of the JSON has the same key twice.",
    "JSON-NUMBER": "A number has too many digits, or cannot be kept exactly (RFC 8785).",
    "NOT-UTF8": "The text is not UTF-8.",
    "METAMODEL-UNSUPPORTED": "The file is of metamodel 1.0 or 2.0; send 3.0 or 3.1.",
    "AAS-UNREADABLE": "An element cannot be understood as the AAS metamodel says.",
    "AAS-EMPTY": "The file holds no shell, no submodel and no concept description.",
    "AAS-CONSTRAINT": "An element violates a constraint of the AAS metamodel.",
    "AAS-MEMBER-UNKNOWN": "An object has a member that its class does not have.",
    "AAS-MEMBER-MISSING": "An object lacks a member that its class demands.",
    "AAS-MODEL-TYPE": "The modelType is missing, unknown, or not taken at this place.",
    "AAS-VALUE-TYPE": "A value is of another type than the metamodel says.",
    "AAS-VALUE-NULL": "A value is null; a member without a value is left out.",
    "AAS-VALUE-LITERAL": "A value is none of the literals that its enumeration has.",
    "AAS-LIST-EMPTY": "A list is empty; a list without items is left out.",
    "AAS-ID-SUBSTITUTED": "An identifiable has no usable id; it got one of its content.",
    "AAS-ELEMENT-ALONE": (
        "An element alone is no document; upload its submodel, or POST it to the submodel-elements of one."
    ),
    "AAS-LIST-ALONE": "A list of identifiables stands where an environment belongs.",
    "AAS-NAMESPACE": "The file was read with the rules of another 3.x version.",
    "AAS-DUPLICATE-ID": "Two identifiables of the file have the same id.",
    "AAS-DATA-TOO-LARGE": "The AAS JSON or XML is longer than the limit.",
    "AAS-VALUE-TOO-LONG": (
        "Values are so long, where the metamodel has short ones, that they cannot be checked."
    ),
    "AAS-TOO-MANY-ELEMENTS": "The file holds more elements than the limit.",
    "LOT-FACT-INVALID": "A lot fact (quantity, date) is not of a known form.",
    "LOT-FACT-CONFLICT": "Two places state a lot fact differently; the first is taken.",
    "LOT-FACTS-INCOMPLETE": (
        "A shell names a lot code but no manufacturer or part number; no lot was recorded."
    ),
    "LOT-SPELLED-OTHERWISE": (
        "The code of a lot is on record in another spelling, as X2 of X²: the two are compared as equal, and"
        " one lot. Where they are two, ask the plant to part them."
    ),
    "TEMPLATE-VIOLATED": "A submodel lacks what its template makes mandatory.",
    "TEMPLATE-TYPE": "An element is of another type than its template says.",
    "TEMPLATE-CARDINALITY": "An element is there more often than its template allows.",
    "TEMPLATE-VALUE-MISSING": "A mandatory element of the template has no value.",
    "TEMPLATE-VERSION": (
        "The submodel follows a version of a template that the registry knows but does not compare with."
    ),
    # lists of lots, reels and certificates
    "SPREADSHEET-TYPE": "The file is no .xlsx and no CSV; save it as one of these, without a password.",
    "SPREADSHEET-DAMAGED": "The workbook or the CSV text is cut off or malformed.",
    "SPREADSHEET-TOO-LARGE": (
        "The list has more rows, columns or text than the limit; send it in several files."
    ),
    "SPREADSHEET-ENCODING": "The CSV is not UTF-8; save it as 'CSV UTF-8' or as .xlsx.",
    "SPREADSHEET-SHEET-IGNORED": "Other sheets of the workbook were not read.",
    "SPREADSHEET-HEADER-MISSING": "No row holds the column names; take the template, or copy its first row.",
    "SPREADSHEET-COLUMN-MISSING": "A column that every list needs is missing.",
    "SPREADSHEET-COLUMN-DUPLICATE": "Two columns mean the same.",
    "SPREADSHEET-COLUMN-UNKNOWN": "A column is unknown; the original has it.",
    "SPREADSHEET-NO-ROWS": "The list has column names and no row below them.",
    "SPREADSHEET-CELL-MISSING": "A cell that every row needs is empty.",
    "SPREADSHEET-CELL-ERROR": "The cell holds an error such as #N/A, or a yes/no.",
    "SPREADSHEET-TEXT-INVALID": "The text is too long, or holds characters that no text may hold.",
    "SPREADSHEET-CODE-ALTERED": (
        "A code was stored as a number or a date; format the column as text and enter it again."
    ),
    "SPREADSHEET-TEXT-MARK": (
        "A cell begins with an apostrophe; before a digit or sign it marks text and was taken off."
    ),
    "SPREADSHEET-ROW-TOO-LONG": (
        "A row with quantities has values behind the last named column: a comma within one shifts the rest."
    ),
    "SPREADSHEET-FORMULA": "A cell holds a formula, or begins like one; put the value.",
    "SPREADSHEET-FORMULA-ACTIVE": (
        "A formula starts a program, asks a server, or is longer than any; replace it by its value."
    ),
    "SPREADSHEET-PROGRAM": (
        "The workbook holds macros, links or connections, which are never followed; save it without them."
    ),
    "SPREADSHEET-QUANTITY-INVALID": (
        "No quantity: digits, with at most one decimal sign, no thousands sign, not negative."
    ),
    "SPREADSHEET-DATE-INVALID": "No date of the calendar; write YYYY-MM-DD.",
    "SPREADSHEET-COUNTRY-UNKNOWN": "No country code; write two letters of ISO 3166-1, such as DE or JP.",
    "SPREADSHEET-LOT-CONFLICT": "Two rows of one lot say different things of it.",
    "SPREADSHEET-REEL-DUPLICATE": "Two rows name the same reel of the same lot.",
    "SPREADSHEET-REEL-SHARED": "Two lots name the same reel; both are kept.",
    "SPREADSHEET-REEL-QUANTITY": (
        "The reels of a lot hold more than the lot; both numbers are kept as they are."
    ),
    "SPREADSHEET-CERTIFICATE-MISSING": "A row names a certificate file that was not sent with the list.",
    "SPREADSHEET-CERTIFICATE-UNUSED": "A file was sent with the list, and no row names it.",
    "SPREADSHEET-CERTIFICATE-CONFLICT": "Two rows say different things of the same certificate.",
    "SPREADSHEET-CERTIFICATE-LOTS": (
        "A certificate covers more lots than one certificate may; send the list in parts."
    ),
    "SPREADSHEET-MORE-FINDINGS": "There is more of this kind; mend what is listed and check again.",
    "AS-BUILT-REFERENCE": (
        "A relationship of a hierarchical structure names a node that is not there; it was not taken."
    ),
    "AS-BUILT-CYCLE": "A hierarchical structure says that an asset is a part of itself.",
    "AS-BUILT-VALUE": "An archetype, count or node of a hierarchical structure is none.",
    "AS-BUILT-TOO-LARGE": "A hierarchical structure is larger than is read.",
}
