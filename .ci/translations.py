"""Bring the catalogues of the pages up to date with their texts, and compile them.

Run after a text of a page was changed: ``.venv/bin/python .ci/translations.py``. English is
the language of the sources. New texts stand in the catalogues without a translation; a test
fails until each has one, and until the compiled catalogue is the written one.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PAGES = Path(__file__).resolve().parents[1] / "aas_registry" / "web" / "pages"
FOLDER = PAGES / "translations"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
SENTENCES = PAGES.parents[1] / "domain" / "sentences.py"
SENTENCE_KEYWORDS = {"said": None, "counted": (1, 2)}
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
# A catalogue changes with its texts only, not with the day it was written.
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> int:
    """Write every catalogue anew; say how many texts have no translation."""
    template = extracted()
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as lines:
            catalog = read_po(lines, locale=path.parts[-3])
        catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalog.obsolete.clear()
        with path.open("wb") as lines:
            write_po(lines, catalog, width=100, no_location=True, omit_header=False, sort_output=True)
        with path.with_suffix(".mo").open("wb") as lines:
            write_mo(lines, catalog)
        missing = sum(not all(_strings(each.string)) for each in catalog if each.id)
        print(f"{catalog.locale}: {len(catalog)} texts, {missing} without a translation")
    return 0


def extracted() -> Catalog:
    """Return the texts of the pages, and the sentences that they share with others."""
    template = Catalog(project="aas-registry", charset="utf-8", creation_date=_SINCE)
    for _, _, text, _, context in extract_from_dir(
        PAGES, METHODS, keywords=KEYWORDS, strip_comment_tags=True
    ):
        template.add(text, context=context)
    for _, text, _, context in extract_from_file("python", SENTENCES, keywords=SENTENCE_KEYWORDS):
        template.add(text, context=context)
    return template


def _strings(translated: str | Sequence[str] | None) -> Sequence[str]:
    return (translated or "",) if translated is None or isinstance(translated, str) else translated


if __name__ == "__main__":
    sys.exit(main())
