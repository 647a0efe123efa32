"""The catalogues: every text of the pages in every language, with the same placeholders."""

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from aas_registry.domain import sentences
from aas_registry.web.pages import language
from aas_registry.web.pages.language import LANGUAGES

PAGES = Path(language.__file__).parent
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def texts_of_the_pages() -> dict[str, tuple[str, ...]]:
    """Return singular to (singular, plural), or to (singular,) where there is no plural."""
    found = {}
    shared = extract_from_file("python", sentences.__file__, keywords={"said": None, "counted": (1, 2)})
    of_pages = (each[1:] for each in extract_from_dir(PAGES, METHODS, keywords=KEYWORDS))
    for _, text, _, _ in (*of_pages, *shared):
        forms = (text,) if isinstance(text, str) else tuple(text)
        found[forms[0]] = forms
    return found


def catalogue(code: str) -> Catalog:
    with (PAGES / "translations" / code / "LC_MESSAGES" / "messages.po").open("rb") as lines:
        return read_po(lines, locale=code)


def strings_of(translated: object) -> tuple[str, ...]:
    return (translated,) if isinstance(translated, str) else tuple(translated or ())


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated_and_none_is_left_over(code):
    known = {strings_of(each.id)[0]: each for each in catalogue(code) if each.id}
    texts = texts_of_the_pages()

    missing = [text for text in texts if text not in known or not all(strings_of(known[text].string))]
    assert len(texts) > 200
    assert not missing
    assert sorted(set(known) - set(texts)) == []
    assert not [text for text, each in known.items() if each.fuzzy]


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(code):
    wrong = [
        text
        for each in catalogue(code)
        if each.id
        for text in strings_of(each.string)
        if set(re.findall(r"%\(\w+\)s", text)) != set(re.findall(r"%\(\w+\)s", strings_of(each.id)[0]))
    ]

    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(code):
    compiled = gettext.translation("messages", PAGES / "translations", [code])

    different = [
        each.id
        for each in catalogue(code)
        if isinstance(each.id, str) and each.id and compiled.gettext(each.id) != each.string
    ]
    plurals = [each for each in catalogue(code) if not isinstance(each.id, str)]

    assert different == []
    assert plurals
    assert all(compiled.ngettext(*each.id, 1) == each.string[0] for each in plurals)
    assert all(compiled.ngettext(*each.id, 7) == each.string[-1] for each in plurals)
