"""Labels of TME and LCSC."""

from aas_registry.domain.data_identifiers import Meaning
from aas_registry.formats.labels.vendors import read_lcsc, read_tme


def places(text: str) -> tuple[int, ...]:
    return tuple(range(1, len(text) + 1))


def test_reads_a_tme_code_word_by_word() -> None:
    text = "QTY:10 PN:AB-3 MFR:MAKER MPN:AB3 XX:1 RoHS https://tme.example/AB-3"

    fields = read_tme(text, places(text))

    assert fields is not None
    assert [(field.identifier, field.text, field.meaning) for field in fields] == [
        ("QTY", "10", Meaning.QUANTITY),
        ("PN", "AB-3", Meaning.DISTRIBUTOR_PART),
        ("MFR", "MAKER", Meaning.MANUFACTURER),
        ("MPN", "AB3", Meaning.MANUFACTURER_PART),
        ("XX", "1", None),
        ("RoHS", "RoHS", Meaning.ROHS),
        ("URL", "https://tme.example/AB-3", Meaning.OTHER),
    ]
    assert all(text[field.position - 1 :].startswith(field.text[:1]) for field in fields[5:])


def test_reads_an_lcsc_code() -> None:
    text = "{pbn:PICK1,on:SO1,pc:C312,pm:ST-1,qty:2,mc:,cc:1,pdi:3,hp:0,wc:ZH}"

    fields = read_lcsc(text, places(text))

    assert fields is not None
    found = {field.meaning: field.text for field in fields}
    assert found[Meaning.MANUFACTURER_PART] == "ST-1"
    assert found[Meaning.QUANTITY] == "2"
    assert text[fields[2].position - 1 :].startswith("pc:C312")


def test_others_are_not_theirs() -> None:
    for text in ("", "{}", "{a:1}", "0042", "PN", '{"pc": 1'):
        assert read_tme(text, places(text)) is None
        assert read_lcsc(text, places(text)) is None
