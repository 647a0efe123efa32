"""Sentences that the pages, the command line and reports say of an answer, each written once.

Here they are English; the pages show them in the language of whoever reads. What they count is put in
as a number, so that each place writes numbers in its own way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what it counts.

    Attributes:
        one: Its form for one, with names in the way of Python for the numbers: ``%(count)s``.
        many: Its form for any other number.
        count: The number that decides the form.
        values: Other numbers and names in it, by name.
        is_gap: Whether it says why an answer is not complete.
    """

    one: str
    many: str
    count: int = 1
    values: Mapping[str, int | str] = field(default_factory=dict)
    is_gap: bool = False

    def of(self, count: int, *, is_gap: bool = False, **values: int | str) -> "Sentence":
        """Return it with its numbers and names."""
        return replace(self, count=count, values=values, is_gap=is_gap)

    def __str__(self) -> str:
        """Return it in English."""
        text = self.one if self.count == 1 else self.many
        return text % {"count": self.count, **self.values}


def said(text: str) -> Sentence:
    """Return a sentence that counts nothing."""
    return Sentence(text, text)


def counted(one: str, many: str) -> Sentence:
    """Return a sentence that counts something."""
    return Sentence(one, many)


HOLDING = {
    ("board", True, False): (
        counted("%(count)s board holds this lot.", "%(count)s boards hold this lot."),
        said("No board holds this lot for certain."),
        said("No board is known to hold this lot."),
    ),
    ("product", True, False): (
        counted("%(count)s product holds this lot.", "%(count)s products hold this lot."),
        said("No product holds this lot for certain."),
        said("No product is known to hold this lot."),
    ),
    ("shipment", True, False): (
        counted("%(count)s shipped unit holds this lot.", "%(count)s shipped units hold this lot."),
        said("No shipped unit holds this lot for certain."),
        said("Nothing that is known to hold this lot has left the plant."),
    ),
    ("customer", True, False): (
        counted("%(count)s customer received this lot.", "%(count)s customers received this lot."),
        said("No customer received this lot for certain."),
        said("Nothing that is known to hold this lot has left the plant."),
    ),
    ("unit", False, False): (
        counted("%(count)s unit holds some of it.", "%(count)s units hold some of it."),
        said("No unit holds some of it for certain."),
        said("No unit is known to hold some of it."),
    ),
    ("shipment", False, False): (
        counted("%(count)s shipped unit holds some of it.", "%(count)s shipped units hold some of it."),
        said("No shipped unit holds some of it for certain."),
        said("Nothing that is known to hold some of it has left the plant."),
    ),
    ("customer", False, False): (
        counted("%(count)s customer received some of it.", "%(count)s customers received some of it."),
        said("No customer received some of it for certain."),
        said("Nothing that is known to hold some of it has left the plant."),
    ),
    ("board", True, True): (
        counted(
            "%(count)s board holds this lot, or once did.", "%(count)s boards hold this lot, or once did."
        ),
        said("No board holds this lot, or ever did, for certain."),
        said("No board is known to hold this lot, or ever to have held it."),
    ),
    ("product", True, True): (
        counted(
            "%(count)s product holds this lot, or once did.", "%(count)s products hold this lot, or once did."
        ),
        said("No product holds this lot, or ever did, for certain."),
        said("No product is known to hold this lot, or ever to have held it."),
    ),
    ("shipment", True, True): (
        counted(
            "%(count)s unit that was shipped holds this lot, or once did.",
            "%(count)s units that were shipped hold this lot, or once did.",
        ),
        said("No unit that was shipped holds this lot, or ever did, for certain."),
        said("Nothing that is known to have held this lot has left the plant."),
    ),
    ("customer", True, True): (
        counted("%(count)s customer received this lot.", "%(count)s customers received this lot."),
        said("No customer received this lot for certain."),
        said("Nothing that is known to have held this lot has left the plant."),
    ),
    ("unit", False, True): (
        counted(
            "%(count)s unit holds some of it, or once did.", "%(count)s units hold some of it, or once did."
        ),
        said("No unit holds some of it, or ever did, for certain."),
        said("No unit is known to hold some of it, or ever to have held it."),
    ),
    ("shipment", False, True): (
        counted(
            "%(count)s unit that was shipped holds some of it, or once did.",
            "%(count)s units that were shipped hold some of it, or once did.",
        ),
        said("No unit that was shipped holds some of it, or ever did, for certain."),
        said("Nothing that is known to have held some of it has left the plant."),
    ),
    ("customer", False, True): (
        counted("%(count)s customer received some of it.", "%(count)s customers received some of it."),
        said("No customer received some of it for certain."),
        said("Nothing that is known to have held some of it has left the plant."),
    ),
}
"""By what is counted, whether one lot is asked about, and whether what once was counts: how many for
certain; that none is certain; that there is none.
"""

BUILT = counted(
    "Of %(count)s unit built in the same runs, this kind of material was reported for %(reported)s.",
    "Of %(count)s units built in the same runs, this kind of material was reported for %(reported)s.",
)
PASSED = counted(
    "Of %(count)s unit that passed the same runs, this kind of material was reported for %(reported)s. "
    "How many were built is not known.",
    "Of %(count)s units that passed the same runs, this kind of material was reported for %(reported)s. "
    "How many were built is not known.",
)
WITHOUT_RUN = said(
    "Nothing on record says in which runs it was used, so that nobody knows how many units were built in "
    "them."
)
RUNS_UNPASSED = counted(
    "It was fed to %(count)s run, or used in it, that no unit is known to have passed, so that nobody knows "
    "how many units were built there.",
    "It was fed to %(count)s runs, or used in them, that no unit is known to have passed, so that nobody "
    "knows how many units were built there.",
)
UNFINISHED = counted(
    "%(count)s unit passed the same runs and is not completed; this kind of material was not reported for "
    "it.",
    "%(count)s units passed the same runs and are not completed; this kind of material was not reported for "
    "all of them.",
)
PARTLY = counted(
    "%(count)s unit was reported, but not for every run that it passed in which this kind of material is "
    "used, or not of every kind.",
    "%(count)s units were reported, but not for every run that they passed in which this kind of material is "
    "used, or not of every kind.",
)
AHEAD = counted(
    "%(count)s statement is left out: it is dated ahead, and its time has not come.",
    "%(count)s statements are left out: they are dated ahead, and their time has not come.",
)
WAITING = counted(
    "%(count)s line of events waits for a name and could change this.",
    "%(count)s lines of events wait for a name and could change this.",
)
UNDECIDED = counted(
    "%(count)s line of events names what means several things.",
    "%(count)s lines of events name what means several things.",
)
UNREAD = counted(
    "%(count)s line of events could not be read and could change this.",
    "%(count)s lines of events could not be read and could change this.",
)
WITHOUT_LOT = counted(
    "%(count)s package was used of which not every lot is known.",
    "%(count)s packages were used of which not every lot is known.",
)
ONCE = said("Counted is also what once held it, what that was part of then, and shipments that came back.")
ONLY_DATE_CODES = said("Only material of date codes %(first)s to %(last)s counts.")
ONLY_DATE_CODES_FROM = said("Only material of date code %(first)s or later counts.")
ONLY_DATE_CODES_TO = said("Only material of date code %(last)s or earlier counts.")
ONLY_DELIVERY_NOTE = said("Only material that came on delivery note %(note)s counts.")
ONLY_CUSTOMER = said("Only units for customer %(customer)s count.")
COMPLETE = said("The answer is complete.")
NOT_COMPLETE = said("The answer is not complete.")
COMPLETE_NARROWED = said("The answer to the narrowed question is complete.")
NOT_COMPLETE_NARROWED = said("The answer to the narrowed question is not complete.")

# What reports alone say; they are English.
CERTIFICATES_FAILED = Sentence(
    "%(count)s certificate failed a check.", "%(count)s certificates failed a check."
)
USES_WITHOUT_LOT = Sentence(
    "%(count)s use is of a package whose lot nobody named.",
    "%(count)s uses are of packages whose lot nobody named.",
)
CERTIFICATES_MISSING = Sentence("%(count)s lot has no certificate.", "%(count)s lots have no certificate.")
CERTIFICATES_WITHHELD = Sentence(
    "The original of %(count)s certificate is withheld: it also names lots that no unit of this customer "
    "holds. Its digest is told, and what was countersigned of this report's lots.",
    "The originals of %(count)s certificates are withheld: they also name lots that no unit of this customer "
    "holds. Their digests are told, and what was countersigned of this report's lots.",
)
