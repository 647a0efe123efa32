"""Meanings of the codes about requests, people, what is on record, and operations."""

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    # requests
    "INTERNAL": "Something failed that nobody foresaw; the log has the correlation id.",
    "NOT-FOUND": "Nothing is at this address, or nothing that you may see.",
    "METHOD-NOT-ALLOWED": "This address does not know the HTTP method.",
    "REQUEST-INVALID": "A parameter or the body is not of the documented form.",
    "BODY-TOO-LARGE": "The body is over the limit; nothing of it was read.",
    "BODY-ENCODING-INVALID": "The body is not the gzip that its header tells of.",
    "BODY-ENCODING-UNSUPPORTED": "The Content-Encoding is not taken; send gzip, or the body as it is.",
    "BODY-TOO-SLOW": (
        "The body came too slowly, or stopped; send it again, over a slow line as a resumable upload."
    ),
    "MEDIA-TYPE-UNSUPPORTED": "The body's media type is not taken here.",
    "CURSOR-INVALID": "The cursor was not given by this list with these filters.",
    "RATE-LIMITED": "Too many attempts; wait as Retry-After says.",
    "STORAGE-FULL": "No room is left on the disk of the files or of the database; free some.",
    "UNAVAILABLE": "The database or the file store cannot be reached; try again.",
    "CLOCK-JUMPED": (
        "The clock was set, or is behind the last recording: set it right, or see 'aas-registry clock'."
    ),
    "CLOCK-NOT-AS-TOLD": "The clock has not jumped, or not by what was confirmed; look at it again.",
    "QUESTION-TIMEOUT": (
        "The answer was not ready within the time limit, and was given up; ask for less of it at once."
    ),
    "UPLOAD-TIMEOUT": (
        "The work was not done within the time limit and nothing of it was kept; send it in smaller parts."
    ),
    "ID-INVALID": "The identifier in the address is not one that this server gave.",
    "ID-TOO-LONG": "An identifier may hold at most 2,048 characters (AASd, Part 1).",
    # principals
    "TOKEN-MISSING": "Send 'Authorization: Bearer …' or log in.",
    "TOKEN-INVALID": "The token is not known, has expired or was revoked.",
    "ROLE-FORBIDDEN": "The role of the token or user may not do this.",
    "LOGIN-FAILED": "User name or password is wrong.",
    "LOGIN-BUSY": "Many people, or a machine, try to log in at this moment; try again.",
    "PASSWORD-UNFIT": "A password has 10 characters or more, not only blanks, and at most 1,024 bytes.",
    "PASSWORD-OLD-WRONG": "The old password is wrong; nothing was changed.",
    "ACCOUNT-NONE": "A token has no password and no sessions; log in as a user.",
    "SESSION-UNKNOWN": "No session that is not over has this id.",
    "CSRF-FAILED": "The form is too old or was not made here; load the page again.",
    "PARTY-UNKNOWN": "No supplier or other party has this name or code.",
    "PARTY-EXISTS": "A party with this code is on record already.",
    "USER-EXISTS": "A user with this name is on record already.",
    "USER-UNKNOWN": "No user has this name.",
    "USER-IS-YOU": "Nobody locks out the own account; another administrator does, or the command line.",
    "USER-NAME-UNFIT": (
        "The name reads as a token's, as the registry's own, or as nothing, or holds control characters or"
        " such as hide or turn text; choose another."
    ),
    "ROLE-NEEDS-PARTY": "The role acts for a supplier or customer; name its party.",
    "ROLE-WITHOUT-PARTY": "The role acts for the plant, so it takes no party; leave it out.",
    "TOKEN-UNKNOWN": "No token has this id.",
    "ANCHOR-INVALID": "The PEM does not hold exactly one usable CA certificate.",
    "ANCHOR-UNKNOWN": "No trust anchor has this id.",
    "PREFIX-PINNED": "This prefix is pinned already; remove its pin first.",
    "PREFIX-UNKNOWN": "This prefix is not pinned.",
    "IDENTIFIER-KEPT-BACK": (
        "It is stored, but another's object with this id is served; decide under Identifiers which is."
    ),
    "IDENTIFIER-NOT-HELD": (
        "It is not so that several hold this id and the named one is among them; look at the list again."
    ),
    # AAS API
    "SHELL-NOT-FOUND": "No shell has this id.",
    "SUBMODEL-NOT-FOUND": "No submodel has this id.",
    "CONCEPT-DESCRIPTION-NOT-FOUND": "No concept description has this id.",
    "ELEMENT-NOT-FOUND": "The submodel has no element at this idShort path.",
    "ELEMENT-EXISTS": "The submodel has an element at this idShort path already.",
    "ID-SHORT-PATH-TOO-LONG": (
        "An element stands so deep, below names so long, that its idShort path is over the limit."
    ),
    "ID-SHORT-PATH-INVALID": "The idShort path is not well formed.",
    "IDENTIFIER-EXISTS": "You hold an object with this id already; PUT changes it.",
    "IDENTIFIER-MISMATCH": "The id in the body differs from the address.",
    # lots, certificates, events, reports
    "LOT-NOT-FOUND": "No material lot has this id.",
    "SUBJECT-NOT-FOUND": "Nothing that you may see has this name: the message says which one.",
    "SUBJECT-AMBIGUOUS": "A name means several things: the message says how to tell them apart.",
    "QUESTION-EMPTY": "A question is about at least one lot, package, receipt, date code or part number.",
    "QUESTION-TOO-LARGE": "The question is about more things than the setting `question_things`.",
    "UNIT-NOT-FOUND": "No unit has this id.",
    "SHIPMENT-NOT-FOUND": "No shipment has this id.",
    "MERGE-NOT-FOUND": "No lot or part type that is still merged has this id.",
    "MERGE-OF-PART-TYPE": (
        "The lot was merged with its part type; part the part type, and the lot goes with it."
    ),
    "SPELLING-NOT-FOUND": (
        "This is no other spelling of the lot's code that can be parted: it is the code itself but for case,"
        " blanks and what nobody sees, another code, a lot's of its own already, or nothing ever said it."
    ),
    "CERTIFICATE-NOT-FOUND": "No certificate has this id.",
    "CERTIFICATE-SUBJECT-MISSING": "Say what the certificate speaks of: lots, delivery note, part, …",
    "CERTIFICATE-SUBJECT-UNKNOWN": "The certificate speaks of a lot or delivery note that is not on record.",
    "CERTIFICATE-STATE": "A certificate's life does not allow this step from here.",
    "CERTIFICATE-TOO-LARGE": (
        "The PDF is over the limit of certificates; in a package it is kept as a file and not examined."
    ),
    "CERTIFICATE-TOO-MANY": (
        "The package names more certificates, or longer ones, than are examined; the rest are kept as files."
    ),
    "CERTIFICATE-LOTS": "A certificate of the package covers more lots than the limit.",
    "CERTIFICATE-DATE": "A date that a submodel states of a certificate is none.",
    "CERTIFICATE-TYPE-UNKNOWN": "The file is no PDF.",
    "PDF-ACTIVE": "The PDF holds a script, starts programs or sends data; print it to a new PDF.",
    "PDF-ENCRYPTED": "The PDF is encrypted; save it without a password.",
    "PDF-PROGRAM": "The PDF carries a program as an attachment.",
    "PDF-TOO-LARGE": "The PDF is longer, or unpacks to more, than the limits.",
    "LABEL-EMPTY": "The label holds no field.",
    "LABEL-TOO-LONG": "The label's text is longer than the limit.",
    "LABEL-UNREADABLE": (
        "The text is no label of a known kind (ISO/IEC 15434 format 05 or 06, GS1, TME, LCSC)."
    ),
    "LABEL-SEPARATORS-LOST": (
        "The scanner dropped the control characters between the fields; set it to send them."
    ),
    "LABEL-FORMAT-UNSUPPORTED": "The label has an ISO/IEC 15434 envelope of another format than 05 and 06.",
    "LABEL-MENDED": "The label was read in spite of a lost or replaced control character.",
    "LABEL-FIELD-MALFORMED": "A field of the label begins with no identifier.",
    "LABEL-IDENTIFIER-UNKNOWN": "A field's identifier is not known; it is kept.",
    "LABEL-FIELD-CONFLICT": "Two fields say different things; the first is taken.",
    "LABEL-QUANTITY-INVALID": "A quantity on the label is of no known form.",
    "LABEL-DATE-INVALID": "A date on the label is not as its identifier prescribes.",
    "LABEL-AMBIGUOUS": (
        "Separators were lost, so that a field of the label may have swallowed others; say which is meant."
    ),
    "LABEL-GS1-INVALID": "The GS1 element strings break the GS1 rules here.",
    "LABEL-CODE-IGNORED": "A code in the picture is no field of a label.",
    "LABEL-UNWRITABLE": "A text does not fit the symbology, or holds a separator.",
    "LABEL-PICTURE-TYPE": "The file is no PNG, JPEG or WebP picture.",
    "LABEL-PICTURE-TOO-LARGE": "The picture has too many bytes or pixels.",
    "LABEL-PICTURE-DAMAGED": "The picture is cut off or damaged.",
    "LABEL-PICTURE-POLYGLOT": "The picture is also a file of another kind.",
    "LABEL-PICTURE-NO-CODE": "No readable code was found in the picture.",
    "EVENT-INVALID": "The event is not of the documented form.",
    "EVENT-TYPE-UNKNOWN": "The type or message of the event is not known.",
    "EVENT-QUANTITY-NEGATIVE": (
        "Quantities are positive; to take a use back, send an event of type 'removed'."
    ),
    "EVENT-UNREADABLE": "An event on record cannot be understood; the database is damaged.",
    "EVENT-ID-REUSED": "Another event with different content has this id.",
    "EVENT-CONFLICT": "What is on record contradicts the request.",
    "EVENT-TOO-MANY": "The request holds more events than the limit.",
    "REPORT-NOT-FOUND": "No report has this id.",
    "REPORT-TOO-LARGE": "The answer has more rows than a report may hold.",
    # exports
    "EXPORT-EMPTY": "The selection holds no shell, submodel or concept description.",
    "EXPORT-TOO-LARGE": (
        "The selection holds more than one export may; the message names the setting. Export it in parts."
    ),
    "EXPORT-NOT-XML": "An object holds what AAS XML cannot say; export it as JSON.",
    "EXPORT-PART-RENAMED": (
        "Two files of the export had one part name; one was renamed where it is named, too."
    ),
    "EXPORT-THUMBNAIL-AS-FILE": "An export has one thumbnail; this one is a file.",
    # operations
    "NO-SIGNING-KEY": "The registry holds no key for this purpose; run 'keys init'.",
    "KEY-UNREADABLE": "The key file cannot be opened with the configured passphrase.",
    "SESSION-SECRET-UNREADABLE": (
        "The file of the session secret cannot be read, or holds none; restore or remove it."
    ),
    "DATA-DIR-OPEN": (
        "Others may read or write the data folder, or own it; close it with chmod, or set shared_data_dir."
    ),
    "KEYS-EXIST": "The registry has keys already; they are never overwritten.",
    "DATA-FOLDER-UNUSABLE": "The data folder cannot be made, read or written.",
    "DATABASE-OUTDATED": "Run 'aas-registry database upgrade'.",
    "BACKUP-INVALID": "The file is no backup of this registry, or it is damaged.",
    "REGISTRY-NOT-EMPTY": "The registry holds rows already; a backup is restored into an empty one only.",
    "DATABASE-DAMAGED": "The database cannot be read whole, or its tables are not ours.",
    "SECRET-KEY-NEEDED": (
        "An earlier program made the ids of this database with AAS_REGISTRY_SECRET_KEY, and it is not set, or"
        " another. Set it as it was: without it every id in links and reports would change for good."
    ),
    "DATABASE-LOST": (
        "The data folder holds stored files, but the database beside them is empty or gone; none is made."
        " Bring it back with its -wal file, or restore a backup into another folder."
    ),
    "NO-REGISTRY": "There is no registry in the data folder; look at AAS_REGISTRY_DATA_DIR.",
    "FILE-MISSING": "A row names a stored file that is not in the file store.",
    "FILE-DAMAGED": "A stored file does not have the digest or size under which it is kept.",
    "FILE-UNNAMED": "A stored file is named by no row; a later start sweeps it.",
    "ROW-DAMAGED": "A stored row was changed: its digest, key, state or reference does not fit.",
    "PROJECTION-DIFFERS": "The genealogy is not what the events say; run 'database rebuild-projection'.",
    "BIND-REFUSED": "Without authentication, or as demo, the server listens on loopback only.",
    "WORKER-FAILED": "A worker process ended before the server served; its log says why.",
    "LISTEN-FAILED": "The server cannot listen at this address and port.",
    "IDENTIFIER-AMBIGUOUS": "Several have this identifier; ask again with the id of one of the candidates.",
    "ENVELOPE-INVALID": "The file is no DSSE envelope in its canonical form.",
    "REPORT-GLYPHS": "The report could not be typeset; report.json holds the same content.",
    "BUNDLE-INVALID": "The file is no report bundle.",
    "SETTING-INVALID": "A setting has a value that it cannot take.",
}
