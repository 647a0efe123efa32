"""What an answer says of itself in words: how many, how much was reported, what is unknown.

Pages, command line and reports say the same.
"""

from collections.abc import Iterator

from aas_registry.domain import sentences
from aas_registry.domain.events import Certainty
from aas_registry.domain.sentences import Sentence
from aas_registry.domain.verdicts import time_text
from aas_registry.services.genealogy.contents_summary import ContentsSummary
from aas_registry.services.genealogy.genealogy import Coverage, WhereUsedQuestion, WhereUsedSummary


def holding(head: WhereUsedSummary) -> Sentence:
    """Return how many hold, or received, the material for certain; of all levels but these two, units do."""
    is_of_lot = head.lot is not None
    level = head.question.level
    counted = level.value if is_of_lot or level.has_left else "unit"
    certain, none_certain, none = sentences.HOLDING[counted, is_of_lot, head.question.ever]
    count = head.totals[Certainty.EXACT]
    if count:
        return certain.of(count)
    return none_certain if any(head.totals.values()) else none


def narrowed(question: WhereUsedQuestion) -> Iterator[Sentence]:
    """Yield to what a question was narrowed."""
    first, last = question.narrowing.first_date_code, question.narrowing.last_date_code
    if first is not None and last is not None:
        yield sentences.ONLY_DATE_CODES.of(1, first=first, last=last)
    elif first is not None:
        yield sentences.ONLY_DATE_CODES_FROM.of(1, first=first)
    elif last is not None:
        yield sentences.ONLY_DATE_CODES_TO.of(1, last=last)
    if question.narrowing.delivery_note is not None:
        yield sentences.ONLY_DELIVERY_NOTE.of(1, note=question.narrowing.delivery_note)
    if question.customer is not None:
        yield sentences.ONLY_CUSTOMER.of(1, customer=question.customer)


def told_beside(head: WhereUsedSummary) -> list[Sentence]:
    """Return how much was reported, and why the answer is not complete, save for contradictions."""
    return [*_covered(head.coverage), *gaps_beside(head)]


def gaps_beside(head: WhereUsedSummary | ContentsSummary) -> Iterator[Sentence]:
    """Yield what was left out of an answer, and what could change it."""
    for text, count in (
        (sentences.AHEAD, head.dated_ahead),
        (sentences.WAITING, head.unknown.waiting),
        (sentences.UNDECIDED, head.unknown.undecided),
        (sentences.UNREAD, head.unknown.unread),
        (sentences.WITHOUT_LOT, head.unknown.packages),
    ):
        if count:
            yield text.of(count, is_gap=True)


def closing(head: WhereUsedSummary) -> Sentence:
    """Return whether the answer is complete: of a narrowed question, the answer to that."""
    if head.question.is_narrowed:
        return sentences.COMPLETE_NARROWED if head.is_complete else sentences.NOT_COMPLETE_NARROWED
    return sentences.COMPLETE if head.is_complete else sentences.NOT_COMPLETE


def sources_told(coverage: Coverage) -> Iterator[str]:
    """Yield of how many units each kind of use is on record, and when each source last told."""
    for use in coverage.uses:
        for basis, units in use.units.items():
            yield f"{use.mpn} · {basis}: {units}"
    for source in coverage.sources:
        heard = "" if source.heard_at is None else f", and was last heard {time_text(source.heard_at)}"
        yield f"{source.name} last told of these runs {time_text(source.last_event_at)}{heard}"


def _covered(coverage: Coverage) -> Iterator[Sentence]:
    if not coverage.passed and not coverage.unpassed_runs:
        yield sentences.WITHOUT_RUN.of(1, is_gap=not coverage.is_whole)
    elif coverage.built is None and coverage.passed:
        yield sentences.PASSED.of(coverage.passed, is_gap=True, reported=coverage.reported)
    elif coverage.built is not None:
        is_short = coverage.reported < coverage.built
        yield sentences.BUILT.of(coverage.built, is_gap=is_short, reported=coverage.reported)
        if not is_short and coverage.unreported:
            yield sentences.UNFINISHED.of(coverage.passed - coverage.built, is_gap=True)
    if coverage.partly:
        yield sentences.PARTLY.of(coverage.partly, is_gap=True)
    if coverage.unpassed_runs:
        yield sentences.RUNS_UNPASSED.of(coverage.unpassed_runs, is_gap=True)
