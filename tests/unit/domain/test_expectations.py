"""What was expected is said in plain words."""

from aas_registry.domain.expectations import expectation


def test_what_nobody_foresaw_is_said_in_plain_words() -> None:
    assert expectation("url_parsing", {}, "Input should be a valid URL") == "is not of the documented form"
    assert expectation("range", {}, "'to' is before 'from'.") == "'to' is before 'from'."
