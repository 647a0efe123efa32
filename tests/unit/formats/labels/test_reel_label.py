"""Reel labels from text: the standard, what scanners and distributors make of it, and what is no label."""

from collections.abc import Callable

import pytest
from label_samples import fields_of

from aas_registry.domain.codes import Code
from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.reel_label import LotOnReel, Syntax
from aas_registry.formats.labels.reel_label import read_field, read_label, recognise_label

MESSAGE = "[)>\x1e06\x1dP123\x1d1PABC-1\x1d1T0042\x1dQ1000\x1d9D2316\x1e\x04"
DATA = (("P", "123"), ("1P", "ABC-1"), ("1T", "0042"), ("Q", "1000"), ("9D", "2316"))


def refusal_of(text: str, limits: Limits) -> tuple[Code, int | None]:
    with pytest.raises(RefusedError) as refused:
        read_label(text, limits=limits)
    return refused.value.code, refused.value.findings[0].column


def test_a_message_of_format_06_has_no_finding(limits: Limits) -> None:
    label = read_label(MESSAGE, limits=limits)

    assert label.syntax is Syntax.FORMAT_06
    assert fields_of(label) == DATA
    assert [field.position for field in label.fields] == [8, 13, 21, 28, 34]
    assert label.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        MESSAGE + "\r\n",
        MESSAGE.removesuffix("\x04"),
        MESSAGE.removesuffix("\x1e\x04"),
        MESSAGE.replace("\x1e", ""),
        ">" + MESSAGE.replace("\x1e", ""),
        "]d1" + MESSAGE,
        MESSAGE.replace("\x1d", "{GS}").replace("\x1e", "{RS}").replace("\x04", "{EOT}"),
        MESSAGE.replace("\x1d", "<GS>").replace("\x1e", "<RS>").replace("\x04", "<EOT>"),
        MESSAGE.replace("\x1d", "[gs]").replace("\x1e", "[rs]").replace("\x04", "[eot]"),
        MESSAGE.replace("\x1d", "␝").replace("\x1e", "␞").replace("\x04", "␄"),
        MESSAGE.replace("\x1d", "↔").replace("\x1e", "▲").replace("\x04", "♦"),
        MESSAGE.replace("\x1d", "^]").replace("\x1e", "^^").replace("\x04", "^D"),
        MESSAGE.replace("\x1d", "\\x1d").replace("\x1e", "\\x1e").replace("\x04", "\\x04"),
        MESSAGE.replace("\x1d", "{F8}").replace("\x1e", "{F9}").replace("\x04", ""),
        MESSAGE.replace("\x1d", "]").replace("\x1e", "^").replace("\x04", "d"),
        MESSAGE.replace("\x1d", "|").replace("\x1e", "").replace("\x04", ""),
        MESSAGE.replace("\x1d", "@").replace("\x1e", "@").replace("\x04", "@"),
        MESSAGE.replace("\x1d", " ").replace("\x1e", " ").replace("\x04", ""),
        MESSAGE.replace("\x1d", "\t").replace("\x1e", "\t").replace("\x04", ""),
        MESSAGE.replace("06\x1d", "06"),
    ],
)
def test_lost_and_replaced_control_characters_are_mended(text: str, limits: Limits) -> None:
    label = read_label(text, limits=limits)

    assert fields_of(label) == DATA
    assert {finding.code for finding in label.findings} <= {Code.LABEL_MENDED}


def test_every_repair_is_a_finding_with_its_position(limits: Limits) -> None:
    label = read_label(">[)>06|1PA|Q5", limits=limits)

    assert [(each.code, each.column) for each in label.findings] == [
        (Code.LABEL_MENDED, 1),
        (Code.LABEL_MENDED, 5),
        (Code.LABEL_MENDED, 7),
        (Code.LABEL_MENDED, 13),
    ]


def test_positions_count_what_was_read_not_what_it_stands_for(limits: Limits) -> None:
    text = "[)>{RS}06{GS}1PA{GS}1T7{RS}{EOT}"

    label = read_label(text, limits=limits)

    assert [text[field.position - 1 :][:2] for field in label.fields] == ["1P", "1T"]


def test_a_stand_in_for_the_separator_may_belong_to_a_field(limits: Limits) -> None:
    label = read_label("[)> 06 1PAB (X) 1T7 Q5", limits=limits)

    assert fields_of(label) == (("1P", "AB (X)"), ("1T", "7"), ("Q", "5"))


def test_reads_digikey_with_its_internal_fields(limits: Limits) -> None:
    text = (
        "[)>\x1e06\x1dPMY-7\x1d1PAB34DR\x1d30P900-AB34DRCT-ND\x1dKPO 1\x1d1K555\x1d10K777\x1d11K1\x1d4LPH"
        "\x1dQ10\x1d11ZPICK\x1d12Z123\x1d13Z999999\x1d20Z000000\x1d9D2316\x1d1TLOT1"
    )

    label = read_label(text, limits=limits)

    assert label.text(Meaning.MANUFACTURER_PART) == "AB34DR"
    assert label.text(Meaning.CUSTOMER_PART) == "MY-7"
    assert label.text(Meaning.DISTRIBUTOR_PART) == "900-AB34DRCT-ND"
    assert label.text(Meaning.SUPPLIER_ORDER) == "555"
    assert label.lots == (LotOnReel(code="LOT1", quantity=label.quantity, date_code="2316"),)
    assert [finding.code for finding in label.findings] == [Code.LABEL_MENDED]


def test_reads_mouser_with_the_broken_header(limits: Limits) -> None:
    text = ">[)>06\x1dK2142\x1d14K033\x1d1PAB32R\x1dQ32\x1d11K0609\x1d4LCN\x1d1VMaker"

    label = read_label(text, limits=limits)

    assert label.text(Meaning.ORDER_LINE) == "033"
    assert label.text(Meaning.MANUFACTURER) == "Maker"
    assert label.quantity == 32


def test_reads_a_mat_label(limits: Limits) -> None:
    text = (
        "[)>@06@12S0002@P890@1PSP0007@31PSP0007@12V341@10VA-B@2P@20P@6D20170313@14D20190319@30PY@Z01"
        "@K55/001@16K402@V84069@3SS0000014@Q3000NAR000@20T2@1TVC64@2TVC65@1Z@@"
    )

    label = read_label(text, limits=limits)

    assert [lot.code for lot in label.lots] == ["VC64", "VC65"]
    assert (label.quantity, label.unit) == (3000, "NAR")
    assert label.text(Meaning.ROHS) == "Y"
    assert label.text(Meaning.PACKAGE) == "S0000014"
    assert str(label.day(Meaning.PRODUCED)) == "2017-03-13"


def test_reads_several_envelopes(limits: Limits) -> None:
    text = "[)>\x1e05\x1d010950110153000310ABC\x1d3710\x1e06\x1d1TZZ\x1dQ4\x1e12\x1d?\x1e\x04"

    label = read_label(text, limits=limits)

    assert [lot.code for lot in label.lots] == ["ABC", "ZZ"]
    assert [finding.code for finding in label.findings] == [Code.LABEL_FORMAT_UNSUPPORTED]


def test_a_field_without_an_identifier_is_kept(limits: Limits) -> None:
    label = read_label("[)>\x1e06\x1d1PA\x1d--\x1dQ5\x1e\x04", limits=limits)

    assert fields_of(label) == (("1P", "A"), ("", "--"), ("Q", "5"))
    assert [(each.code, each.column) for each in label.findings] == [(Code.LABEL_FIELD_MALFORMED, 12)]


@pytest.mark.parametrize(
    ("text", "syntax", "data"),
    [
        ("1T0042", Syntax.IDENTIFIERS, (("1T", "0042"),)),
        ("1PAB\x1d1T0042\x1dQ5", Syntax.IDENTIFIERS, (("1P", "AB"), ("1T", "0042"), ("Q", "5"))),
        (
            "PAB-3 1PMPNAB-3 Q1 K19/1",
            Syntax.IDENTIFIERS,
            (("P", "AB-3"), ("1P", "AB-3"), ("Q", "1"), ("K", "19/1")),
        ),
        ("1PAB 34", Syntax.IDENTIFIERS, (("1P", "AB 34"),)),
        ("QTY:1 PN:AB-3", Syntax.TME, (("QTY", "1"), ("PN", "AB-3"))),
        ("{pc:C12,pm:AB-3,qty:2}", Syntax.LCSC, (("pc", "C12"), ("pm", "AB-3"), ("qty", "2"))),
        ("]C1010950110153000310A\x1d21B", Syntax.GS1, (("01", "09501101530003"), ("10", "A"), ("21", "B"))),
        ("(01)09501101530003(10)A", Syntax.GS1, (("01", "09501101530003"), ("10", "A"))),
        ("010950110153000310A", Syntax.GS1, (("01", "09501101530003"), ("10", "A"))),
        (
            "https://id.gs1.org/01/09501101530003/10/A",
            Syntax.DIGITAL_LINK,
            (("01", "09501101530003"), ("10", "A")),
        ),
    ],
)
def test_reads_what_has_no_header(
    text: str, syntax: Syntax, data: tuple[tuple[str, str], ...], limits: Limits
) -> None:
    label = read_label(text, limits=limits)

    assert (label.syntax, fields_of(label)) == (syntax, data)


START = "[)>\x1e06\x1d1PAB-3\x1dQ5\x1d1TA9"


@pytest.mark.parametrize("key", ["", "\x04", "D", "d", "V", "\x05", "?", "é", "EOT", "V\r\n"])
def test_whatever_key_follows_the_last_record_separator_ends_the_label(key: str, limits: Limits) -> None:
    label = read_label(f"{START}\x1e{key}", limits=limits)

    assert fields_of(label) == (("1P", "AB-3"), ("Q", "5"), ("1T", "A9"))
    assert {each.code for each in label.findings} <= {Code.LABEL_MENDED}
    assert bool(label.findings) == (key != "\x04")


def test_record_separators_between_fields_end_them(limits: Limits) -> None:
    label = read_label(f"{START}\x1e10D2611\x1e\x04", limits=limits)

    assert fields_of(label)[2:] == (("1T", "A9"), ("10D", "2611"))
    assert [each.code for each in label.findings] == [Code.LABEL_MENDED]


def test_what_separates_and_stands_in_codes_too_is_no_end(limits: Limits) -> None:
    label = read_label("[)>-06|1PAB-3|1TA-9", limits=limits)

    assert fields_of(label) == (("1P", "AB-3"), ("1T", "A-9"))


@pytest.mark.parametrize(
    ("gs", "rs"), [("\uf70b", "\uf70c"), ("^]", "^^"), ("<GS>", "<RS>"), ("<gs>", "<rs>")]
)
@pytest.mark.parametrize("text", [START + "\x1e\x04", "1PAB-3\x1dQ5\x1d1TA9"])
def test_separators_that_are_typed_are_read_at_every_place(gs, rs, text, limits: Limits) -> None:
    label = read_label(text.replace("\x1d", gs).replace("\x1e", rs), limits=limits)

    assert fields_of(label) == (("1P", "AB-3"), ("Q", "5"), ("1T", "A9"))


def test_a_gs1_label_whose_lot_may_have_swallowed_others_names_no_lot(limits: Limits) -> None:
    label = read_label("010950110153000310LOT117280200", limits=limits)

    assert (label.lots, label.possible_lots) == ((), ("LOT117280200", "LOT1"))


@pytest.mark.parametrize(
    ("text", "day"), [("280200", "2028-02-29"), ("270200", "2027-02-28"), ("261200", "2026-12-31")]
)
def test_day_00_of_gs1_is_the_last_of_the_month(text: str, day: str, limits: Limits) -> None:
    label = read_label(f"010950110153000317{text}10A", limits=limits)

    assert (str(label.day(Meaning.EXPIRES)), label.findings) == (day, ())


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", Code.LABEL_EMPTY, 1),
        (" \r\n", Code.LABEL_EMPTY, 1),
        ("[)>\x1e06\x1d\x1e\x04", Code.LABEL_EMPTY, 1),
        ("0042", Code.LABEL_UNREADABLE, 1),
        ("[)>", Code.LABEL_UNREADABLE, 4),
        ("[)>hello", Code.LABEL_UNREADABLE, 4),
        (MESSAGE + MESSAGE, Code.LABEL_UNREADABLE, len(MESSAGE) + 1),
        ("[)>06P1231PABC1T0042Q5", Code.LABEL_SEPARATORS_LOST, 6),
        ("[)>\x1e12\x1dab\x1e\x04", Code.LABEL_FORMAT_UNSUPPORTED, 8),
    ],
)
def test_refuses_what_is_no_label(text: str, code: Code, position: int | None, limits: Limits) -> None:
    assert refusal_of(text, limits) == (code, position)


def test_refuses_a_text_over_the_limit(with_limits: Callable[..., Limits]) -> None:
    tight = with_limits(label_chars=10)

    assert refusal_of("[)>\x1e06\x1d1PAB", tight) == (Code.LABEL_TOO_LONG, 11)
    assert recognise_label("[)>\x1e06\x1d1PAB", limits=tight) is None


@pytest.mark.parametrize(
    "text",
    ["0042", "1T0042", "REEL-1", "https://bolt.example/lots/0043/asset", "", "\x1d0042\x04", "DN 7", "[)>"],
)
def test_a_bare_identifier_is_not_plainly_a_label(text: str, limits: Limits) -> None:
    assert recognise_label(text, limits=limits) is None


def test_a_linear_code_holds_one_field() -> None:
    field = read_field("3S0042")

    assert field is not None
    assert (field.identifier, field.text) == ("3S", "0042")
    assert read_field("HELLO") is None
    assert read_field("1T") is None
    assert read_field("4711") is None
