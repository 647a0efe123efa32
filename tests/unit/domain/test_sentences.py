"""Sentences with one and several, in English as they stand in reports and on the command line."""

from aas_registry.domain import sentences


def test_one_is_told_as_one_and_several_as_several() -> None:
    assert str(sentences.CERTIFICATES_MISSING.of(1)) == "1 lot has no certificate."
    assert str(sentences.CERTIFICATES_MISSING.of(2)) == "2 lots have no certificate."
    assert str(sentences.BUILT.of(2, reported=1)).endswith("was reported for 1.")


def test_every_question_has_its_sentence() -> None:
    for counted in ("board", "product", "shipment", "customer"):
        for ever in (False, True):
            assert (counted, True, ever) in sentences.HOLDING
    for counted in ("unit", "shipment", "customer"):
        for ever in (False, True):
            assert (counted, False, ever) in sentences.HOLDING
