"""Every bound on what comes in is a setting: what is a constant refuses nothing that a setting could allow."""

import re
from collections.abc import Mapping
from pathlib import Path

from aas_registry.domain.limits import Limits
from aas_registry.settings import Settings

PACKAGE = Path(__file__).parents[3] / "aas_registry"
ROOMS = ("domain", "formats", "trust")
BOUND = re.compile(
    r"^(_?(?:(?:MOST|MAX|LARGEST|LONGEST|DEEPEST)(?:_[A-Z0-9_]+)?|[A-Z0-9_]+_(?:LIMIT|MOST|MAX)))(?::[^=]+)? =",
    re.MULTILINE,
)
WHY_CONSTANT: Mapping[str, set[str]] = {
    "the database gives the width": {
        "domain/file_names.MAX_CHARS",
        "domain/identifiers._MOST_KEY_BYTES",
        "domain/lot_facts.MAX_TEXT_CHARS",
        "domain/lot_facts.QUANTITY_LIMIT",
        "formats/lists/strings.MOST_CELL_CHARS",
    },
    "a format or a library gives it": {
        "domain/canonical_json._MOST_DIGITS",
        "domain/canonical_json._MOST_EXACT",
        "domain/spreadsheet_cells.MOST_FORMULA_CHARS",
        "formats/container/json_bounds._MOST_EXACT",
        "formats/labels/picture._MOST_SIDE",
        "formats/container/zip_layout._MOST_COMMENT_BYTES",
        "formats/lists/plain_workbook._MOST_SHEETS",
    },
    "the published schema of events states it": {
        "formats/events/cfx/parts._MOST",
        "formats/events/values.LARGEST_QUANTITY",
        "domain/passes.LARGEST_SEQUENCE",
        "formats/events/values._MOST_DIGITS",
    },
    "nothing that is known is longer: it decides what is recognised, and all is kept": {
        "domain/certificate_claims._MAX_CLASS_CHARS",
        "domain/lot_texts._MAX_STEP_CHARS",
        "domain/part_names._MOST_DECODINGS",
        "domain/semantic_ids.MAX_CHARS",
        "domain/semantic_ids.MAX_KEYS",
        "domain/semantic_ids.MAX_REFERENCES",
        "formats/templates/comparison._MAX_STEP_CHARS",
        "formats/templates/structure._MAX_NAME_CHARS",
    },
    "how much is held or remembered at once; beyond it the work is slower or the text cut, never refused": {
        "domain/certificate_content._MOST_TRIES",
        "domain/spreadsheet._MOST_CACHED",
        "formats/lists/marked._MOST_TEXT",
        "formats/lists/sheet._MOST_PENDING",
    },
    "it stands for `listed_findings` where a reader is used without settings": {
        "formats/aas/entries._MAX_NOTES",
        "formats/aas/metamodel.MAX_FINDINGS",
    },
    "what is beyond it is not believed, or counted as one": {
        "domain/client_address._MOST_CHARS",
        "domain/client_address._MOST_HOPS",
    },
    "it bounds what we made ourselves, or how it is made: cursors, passwords, signatures, exports, chains": {
        "domain/explanations.LONGEST_WAY",
        "formats/package/aasx_writer._MOST_GROWTH",
        "trust/cms._MOST_BYTES",
        "trust/cursors._MOST_CHARS",
        "trust/secrets._MOST_PASSWORD_BYTES",
        "trust/secrets._MOST_WAITING",
        "trust/secrets._MOST_WAITING_OF_ONE",
    },
}


def constants() -> set[str]:
    """Return the constants of the readers that are named as bounds: module, dot, name."""
    return {
        f"{path.relative_to(PACKAGE).with_suffix('')}.{name}"
        for room in ROOMS
        for path in (PACKAGE / room).rglob("*.py")
        for name in BOUND.findall(path.read_text(encoding="utf-8"))
    }


def test_a_bound_is_a_setting_unless_a_reason_is_written_down() -> None:
    assert constants() - set().union(*WHY_CONSTANT.values()) == set()


def test_no_reason_is_kept_for_a_bound_that_is_gone() -> None:
    assert set().union(*WHY_CONSTANT.values()) - constants() == set()


def test_every_limit_can_be_set() -> None:
    settings = Settings.from_environment({f"AAS_REGISTRY_{name.upper()}": "32" for name in Limits.__slots__})

    assert {getattr(settings.limits, name) for name in Limits.__slots__} == {32}


def test_settings_show_no_secret_where_they_are_printed() -> None:
    shown = repr(Settings(secret_key="hush", key_passphrase="hush", database_url="postgresql://a:hush@b/c"))

    assert "hush" not in shown
