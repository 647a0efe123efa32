"""What was expected instead of a wrong value, in the words of whoever has to mend it.

A program that checks a form speaks of its own classes and patterns. A line engineer, or whoever
writes to the API for the first time, needs what should stand there, with an example.
"""

from collections.abc import Callable, Mapping

Facts = Mapping[str, object]

_TEXT = 'expected text in quotation marks, such as "A-0042"'
_WHOLE = "expected a whole number, such as 5"
_NUMBER = "expected a number, such as 2.5"
_YES_NO = "expected true or false"
_LIST = 'expected a list in square brackets, such as ["R1", "R2"]'
_OBJECT = 'expected an object in braces, such as {"name": "value"}'
_TIME = 'expected a time with its offset from UTC, such as "2026-03-01T09:00:00+01:00"'
_DAY = 'expected a date, such as "2026-03-01"'
_SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; compare its spelling with the documentation",
    "invalid_key": "is not known here; compare its spelling with the documentation",
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "iterable_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "mapping_type": _OBJECT,
}
_FAMILIES: Mapping[str, str] = {"datetime_": _TIME, "timezone_": _TIME, "date_": _DAY}


def _bound(sentence: str, fact: str) -> Callable[[Facts], str]:
    return lambda facts: f"expected {sentence.format(facts.get(fact))}"


_BOUNDED: Mapping[str, Callable[[Facts], str]] = {
    "literal_error": _bound("one of {}", "expected"),
    "enum": _bound("one of {}", "expected"),
    "string_too_long": _bound("at most {} characters", "max_length"),
    "string_too_short": _bound("at least {} characters", "min_length"),
    "too_long": _bound("at most {} entries", "max_length"),
    "too_short": _bound("at least {} entries", "min_length"),
    "greater_than": _bound("more than {}", "gt"),
    "greater_than_equal": _bound("at least {}", "ge"),
    "less_than": _bound("less than {}", "lt"),
    "less_than_equal": _bound("at most {}", "le"),
    "string_pattern_mismatch": lambda facts: (
        f'expected text such as "{facts["example"]}"' if "example" in facts else _TEXT
    ),
    "value_error": _bound("otherwise: {}", "error"),
}


def expectation(kind: str, facts: Facts, message: str) -> str:
    """Return what was expected.

    Args:
        kind: What is wrong, as pydantic names it; other names are our own.
        facts: Bounds and choices that belong to the kind; of a pattern, an ``example`` that fits it.
        message: What our own checks say; it names what they want already.

    Source:
        pydantic, "Validation Errors".
    """
    if kind in _BOUNDED:
        return _BOUNDED[kind](facts)
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    family = next((said for start, said in _FAMILIES.items() if kind.startswith(start)), None)
    if family is not None:
        return family
    is_foreign = message.startswith(("Input ", "String ", "Value ", "JSON ", "Object ", "Unable "))
    return "is not of the documented form" if is_foreign else message
