"""Templates: what is filled in deviates in nothing, and any JSON is compared without an error."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from template_samples import complete, complete_values, places

from aas_registry.domain.as_built import extract_as_built
from aas_registry.domain.certificate_claims import extract_certificates
from aas_registry.domain.findings import Severity
from aas_registry.domain.lot_facts import extract_lot_facts, read_lot_texts
from aas_registry.formats.templates.catalogue import (
    check_template,
    fill_template,
    load_template,
    template_names,
)
from aas_registry.settings import Settings

LIMITS = Settings().limits

# Filling keeps a text as it is; only white space around it is no text.
texts = st.text(min_size=1).filter(str.strip)
templates = st.sampled_from(template_names())
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)


@given(templates, st.data())
def test_what_is_filled_in_deviates_in_nothing(of: tuple[str, str], data: st.DataObject) -> None:
    template = load_template(*of)
    values = complete_values(template, lambda: data.draw(texts))
    optional = [name for name, said in _cardinalities(template).items() if said.startswith("Zero")]
    left_out = data.draw(st.sets(st.sampled_from(optional or [""])))

    filled = fill_template(
        template,
        identifier="urn:a",
        values={name: said for name, said in values.items() if name not in left_out},
    )

    assert check_template(filled, limits=LIMITS) == ()


@given(templates, st.data())
def test_what_is_left_out_is_found_once_at_its_place(of: tuple[str, str], data: st.DataObject) -> None:
    submodel = complete(*of)
    mandatory = [name for name, said in _cardinalities(load_template(*of)).items() if said.startswith("One")]
    left_out = data.draw(st.sets(st.sampled_from(mandatory or [""])))
    kept = [each for each in submodel["submodelElements"] if each["idShort"] not in left_out]

    found = check_template(submodel | {"submodelElements": kept}, limits=LIMITS)

    assert {finding.path for finding in found} == left_out - {""}


@given(templates, st.data(), json_values)
def test_any_json_anywhere_is_read_without_an_error(
    of: tuple[str, str], data: st.DataObject, odd: Any
) -> None:
    submodel = complete(*of)
    elements = [element for _, element, _ in places(submodel)]
    element = data.draw(st.sampled_from(elements))
    element[data.draw(st.sampled_from(sorted(element)))] = odd
    bodies = {"urn:a": submodel}

    assert all(finding.severity is not Severity.ERROR for finding in check_template(submodel, limits=LIMITS))
    assert (
        extract_lot_facts({"id": "urn:s"}, read_lot_texts(bodies, limits=LIMITS), limits=LIMITS) is not None
    )
    assert extract_certificates(bodies) is not None
    assert extract_as_built(bodies, limits=LIMITS) is not None


def _cardinalities(template: dict[str, Any]) -> dict[str, str]:
    return {each["idShort"]: each["qualifiers"][0]["value"] for each in template["submodelElements"]}
