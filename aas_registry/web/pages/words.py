"""The words that people read for the words that the registry keeps.

A kept word (a status, a state, a role) is part of the interface and never changes; what is
shown for it is translated. A status is always shown with an icon, never by colour alone. Amber
means that somebody must act; what is merely not known, or not decided, is grey.
"""

from flask_babel import LazyString, format_decimal
from flask_babel import gettext as said
from flask_babel import lazy_gettext as _
from flask_babel import ngettext as counted

from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.sentences import Sentence
from aas_registry.domain.verdicts import Status

_LABELS: dict[str, LazyString] = {
    # verdicts
    "passed": _("passed"),
    "failed": _("failed"),
    "unknown": _("unknown"),
    "not decided": _("not decided"),
    # how certain it is that a unit holds material
    "exact": _("exact"),
    "possible": _("possible"),
    "assumed": _("assumed"),
    # who or what says so
    "basis machine": _("machine"),
    "basis manual": _("manual"),
    "basis setup": _("setup"),
    "basis backflush": _("backflush"),
    "basis document": _("document"),
    # findings
    "error": _("error"),
    "warning": _("warning"),
    "info": _("note"),
    # checks of a certificate
    "file digest": _("file digest"),
    "passive content": _("passive content"),
    "signature": _("signature"),
    "whole document": _("signature covers the whole document"),
    "certificate chain": _("certificate chain"),
    "signer valid when signed": _("signer valid when signed"),
    "revocation": _("revocation"),
    "time-stamp": _("time-stamp"),
    "content": _("content"),
    # the life of a certificate
    "submitted": _("submitted"),
    "supplier signature verified": _("supplier signature verified"),
    "unsigned": _("unsigned"),
    "rejected": _("rejected"),
    "content matched": _("content matched"),
    "needs review": _("needs review"),
    "countersigned": _("countersigned"),
    "superseded": _("superseded"),
    "revoked": _("revoked"),
    "not accepted": _("not accepted"),
    "received and verified": _("received and verified"),
    "received unsigned": _("received unsigned"),
    # what a certificate speaks of
    "lot": _("lot"),
    "delivery_note": _("delivery note"),
    "part": _("part"),
    "part_family": _("part family"),
    "company": _("company"),
    # why an object is served, of several with one id
    "decided": _("decided"),
    "pinned": _("prefix pinned"),
    "first": _("held first"),
    # kinds of objects with an id
    "shell": _("shell"),
    "submodel": _("submodel"),
    "concept_description": _("concept description"),
    # changes by an upload
    "added": _("new"),
    "changed": _("changed"),
    "unchanged": _("unchanged"),
    # what became of an event
    "accepted": _("accepted"),
    "pending": _("waiting"),
    "corrected": _("corrected"),
    "duplicate": _("sent twice"),
    # stories of the demo
    "story cracked": _("A capacitor lot behind many returned products"),
    "story altered": _("A certificate altered after signing"),
    "story other lot": _("A certificate of another lot"),
    "story unpinned": _("A certificate whose signer's CA nobody pinned"),
    "story spliced": _("A splice that put two lots on the same boards"),
    "story reprinted": _("A reel label that was printed again, for a reel of another lot"),
    # kinds of things whose names fell together
    "part_type": _("part type"),
    "package": _("package"),
    "unit": _("unit"),
    "party": _("party"),
    "receipt": _("receipt"),
    "run": _("run"),
    # roles
    "supplier": _("supplier"),
    "production": _("production"),
    "quality": _("quality engineer"),
    "auditor": _("auditor"),
    "customer_auditor": _("customer's auditor"),
    "administrator": _("administrator"),
    # kinds of units
    "panel": _("panel"),
    "board": _("board"),
    "assembly": _("assembly"),
    "product": _("product"),
    "container": _("container"),
    "shipment": _("shipment"),
    # what kind of label a name is
    "name serial": _("serial number"),
    "name panel": _("position on a panel"),
    "name container": _("label of a container"),
    "name package": _("package"),
    "name announced": _("package"),
    "name run": _("run"),
    "name station": _("station"),
    "name receipt": _("delivery"),
    "name shipment": _("shipment"),
    "name product": _("product"),
    "name party": _("company"),
    "name event": _("event"),
    # what an answer is grouped by
    "day": _("day"),
    "line": _("line"),
    "customer": _("customer"),
    # what a field of a reel label says
    "customer part number": _("customer part number"),
    "manufacturer part number": _("manufacturer part number"),
    "distributor part number": _("distributor part number"),
    "revision": _("revision"),
    "quantity": _("quantity"),
    "quantity per lot": _("quantity per lot"),
    "unit of measure": _("unit of measure"),
    "lot of the customer": _("lot of the customer"),
    "date code": _("date code"),
    "date of manufacture": _("date of manufacture"),
    "date of packing": _("date of packing"),
    "expiry date": _("expiry date"),
    "ship date": _("ship date"),
    "serial number": _("serial number"),
    "package id": _("package id"),
    "licence plate": _("licence plate"),
    "manufacturer": _("manufacturer"),
    "country of origin": _("country of origin"),
    "purchase order": _("purchase order"),
    "order line": _("order line"),
    "supplier's order": _("supplier's order"),
    "invoice": _("invoice"),
    "delivery note": _("delivery note"),
    "moisture sensitivity level": _("moisture sensitivity level"),
    "bin code": _("bin code"),
    "other": _("other"),
    # which way a question goes
    "where-used": _("where it went"),
    "contents": _("what is in it"),
    # what happened to a unit
    "happened declared": _("declared"),
    "happened passed": _("passed the run"),
    "happened used": _("was given material of"),
    "happened removed": _("lost material of"),
    "happened putInto": _("went into"),
    "happened takenOut": _("was taken out of"),
    "happened tookIn": _("took in"),
    "happened gaveUp": _("gave up"),
    "happened completed": _("was completed in"),
    "happened tested": _("was tested"),
    "happened shipped": _("left with"),
    "happened returned": _("came back"),
    "happened corrected": _("an event was corrected"),
    "happened waits": _("a line of an event waits"),
    # how a unit is in another
    "partOf": _("part of"),
    "panelOf": _("on panel"),
    "packedIn": _("packed in"),
    # what a statement says by which material came so far
    "why holds": _("lot in package"),
    "why split": _("divided"),
    "why relabel": _("new label"),
    "why merge": _("put together"),
    "why splice": _("spliced"),
    "why used": _("used"),
    "why passed": _("passed the run"),
    "why onPanel": _("on panel"),
    "why partOf": _("part of"),
    "why panelOf": _("on panel"),
    "why packedIn": _("packed in"),
    "why shipped": _("left with"),
    # what does not fit, and whether it still does not
    "open": _("open"),
    "resolved": _("resolved"),
    "anomaly correctionRing": _("corrections that take each other back"),
    "anomaly datedAhead": _("dated in the future"),
    "anomaly labelReused": _("label given to another package"),
    "anomaly serialReused": _("serial number given to another unit"),
    "anomaly createdAgain": _("created again after a long time"),
    "anomaly undecided": _("name that means several things"),
    "anomaly contentDisputed": _("a list and an event say different lots of one label"),
    "anomaly unitsOfMeasure": _("one package in several units of measure"),
    "anomaly overdrawn": _("more used than was in the package"),
    "anomaly setupAgainstReport": _("set-up says another package than the report"),
    "anomaly sequenceTwice": _("several units on one number of a run"),
    "anomaly removedTwice": _("taken out, but was not there"),
    "anomaly designatorTwice": _("two packages on one designator"),
    "anomaly twoParents": _("put elsewhere without being taken out"),
    "anomaly partOfItself": _("part of itself"),
    "anomaly notIn": _("taken out of what it was not in"),
    "anomaly notShipped": _("came back without having left"),
    "anomaly shippedTwice": _("shipped again without having come back"),
}
_ICONS = {
    "passed": "passed",
    "failed": "failed",
    "unknown": "unknown",
    "not decided": "unknown",
    "exact": "exact",
    "possible": "possible",
    "assumed": "assumed",
    "error": "failed",
    "warning": "warning",
    "info": "info",
    "countersigned": "certificate",
    "rejected": "failed",
    "revoked": "failed",
    "needs review": "warning",
    "pending": "clock",
    "accepted": "passed",
    "corrected": "info",
    "duplicate": "info",
    "unsigned": "info",
    "superseded": "info",
    "open": "warning",
    "resolved": "passed",
}


def label(kept: object) -> str:
    """Return the word to show for a kept word; the word itself where there is none."""
    shown = _LABELS.get(str(kept))
    return str(kept) if shown is None else str(shown)


def called(name: Name) -> str:
    """Return a name with what it is a name of, in the language of whoever reads."""
    kind = label(f"name {name.scheme.value}")
    if name.issuer and name.scheme is not Scheme.PANEL:
        return str(_("%(kind)s %(name)s of %(issuer)s", kind=kind, name=name.value, issuer=name.issuer))
    return f"{kind} {name.value}"


def icon_name(kept: object) -> str:
    """Return the icon (an id of ``static/icons.svg``) that stands with a kept word."""
    return _ICONS.get(str(kept), "info")


def decided(kept: object) -> object:
    """Return a person's decision as it is shown: where nobody has decided yet, nothing is unknown."""
    return "not decided" if str(kept) == Status.UNKNOWN else kept


def in_words(sentence: Sentence) -> str:
    """Return a sentence in the language of whoever reads, with numbers as they are written there."""
    values = {
        name: value if isinstance(value, str) else format_decimal(value)
        for name, value in sentence.values.items()
    }
    if sentence.one == sentence.many:
        return str(said(sentence.one, **values))
    values["count"] = format_decimal(sentence.count)
    return str(counted(sentence.one, sentence.many, sentence.count, **values))
