"""idShort paths: the grammar of Part 2, bounded."""

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.id_short_path import IdShortPath, parse_id_short_path
from aas_registry.settings import Settings

LIMITS = Settings().limits


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("LotCode", ("LotCode",)),
        ("Lots.Reel[3].Quantity", ("Lots", "Reel", 3, "Quantity")),
        ("List[0][12].a-b_c", ("List", 0, 12, "a-b_c")),
    ],
)
def test_reads_and_writes_a_path(text: str, steps: tuple[str | int, ...]) -> None:
    path = parse_id_short_path(text, limits=LIMITS)

    assert path.steps == steps
    assert str(path) == text


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[-1]", "a[01]", "a[x]", "a[0]b", "a b", "a/b",
        "a[9999999999]", "a" * 5000, ".".join("a" * 200), "a\n",
    ],
)  # fmt: skip
def test_refuses_what_is_no_path(text: str) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        parse_id_short_path(text, limits=LIMITS)

    assert raised.value.code is Code.ID_SHORT_PATH_INVALID
    assert raised.value.findings[0].path == text[:200]


def test_a_refusal_names_the_character() -> None:
    with pytest.raises(InvalidRequestError) as raised:
        parse_id_short_path("Lots.Reel[x]", limits=LIMITS)

    assert raised.value.findings[0].column == 10


def test_knows_parent_and_child() -> None:
    path = IdShortPath(("Lots", 3))

    assert path.parent == IdShortPath(("Lots",))
    assert IdShortPath(("Lots",)).parent is None
    assert path.child("Quantity") == IdShortPath(("Lots", 3, "Quantity"))
