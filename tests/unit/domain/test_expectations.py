"""What was expected is said in plain words."""

from aas_registry.domain.expectations import expectation


def test_what_nobody_foresaw_is_said_in_plain_words() -> None:
    assert expectation("url_parsing", {}, "Input should be a valid URL") == "is not of the documented form"
    assert expectation("range", {}, "'to' is before 'from'.") == "'to' is before 'from'."


def test_a_text_of_another_form_is_told_an_example_always() -> None:
    assert expectation("string_pattern_mismatch", {"example": "x"}, "") == 'expected text such as "x"'
    assert 'such as "A-0042"' in expectation("string_pattern_mismatch", {}, "")
