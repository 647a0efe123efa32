"""Reel labels: `/trace/v1/reel-labels` reads one, `/trace/v1/lots/{lot}/label` prints one."""

from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.errors import UnsupportedTypeError
from aas_registry.domain.principals import Permission
from aas_registry.domain.reel_label import ReelLabel
from aas_registry.domain.search import HitGroup
from aas_registry.services import reel_labels
from aas_registry.services.reel_labels import LabelForm, LabelMatch, PictureMatch, Symbology
from aas_registry.web.answers import json_answer
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, json_body, registry, validated
from aas_registry.web.schemas.lots import LOT_LABEL
from aas_registry.web.schemas.reel_labels import LabelsJson
from aas_registry.web.trace.uploads import uploaded_file

routes = Routes("reel_labels", prefix="/trace/v1", tag="Reel labels")

_TAKES = {
    "application/json": "`text`: what the scanner typed, control characters as U+001D, `{GS}`, `<GS>` …",
    "multipart/form-data": "One part named `picture`: PNG, JPEG or WebP.",
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class LabelText(RequestModel):
    """A label as text."""

    text: str = Field(description="What was scanned; bounded by `label_chars`.")


class LotLabelQuery(RequestModel):
    """How a lot's label is written."""

    symbology: Symbology = Field(Symbology.DATA_MATRIX, description="Kind of code.")
    format: LabelForm = Field(LabelForm.PNG, description="Picture, drawing, or the text that the code holds.")
    quantity: str | None = Field(
        None,
        max_length=20,
        pattern=r"^[0-9]{1,13}(\.[0-9]{1,6})?$",
        examples=["4000"],
        description="Printed as Q.",
    )
    package: str | None = Field(None, max_length=64, description="The reel's own id, printed as 3S.")


@routes.operation(
    "POST",
    "/reel-labels",
    permission=Permission.SEARCH,
    takes=_TAKES,
    answers={200: "The label, and what it names on record.", 400: "No label (LABEL-…), with the position."},
    gives=LabelsJson,
)
def post_reel_label() -> ResponseReturnValue:
    """Read a reel label, scanned or photographed, and find what it names."""
    if request.mimetype == "multipart/form-data":
        picture = uploaded_file("picture")
        content = picture.stream.read(registry().limits.label_picture_bytes + 1)
        found = reel_labels.match_picture(
            registry(), principal(), content, file_name=picture.name or "picture"
        )
        return json_answer(_render_picture(found))
    if not request.is_json:
        raise UnsupportedTypeError("Send JSON with 'text', or multipart/form-data with a part 'picture'.")
    sent = validated(LabelText, json_body(), "body")
    return json_answer({"labels": [_render(reel_labels.match_text(registry(), principal(), sent.text))]})


@routes.operation(
    "GET",
    "/lots/<lot>/label",
    permission=Permission.READ_LOTS,
    query=LotLabelQuery,
    answers={200: "The label.", 400: "It does not fit the symbology.", 404: "No lot that you may see."},
    gives=LOT_LABEL,
)
def get_lot_label(lot: str, query: LotLabelQuery) -> ResponseReturnValue:
    """Answer the label of a lot, to print."""
    made = reel_labels.write_lot_label(
        registry(),
        principal(),
        lot,
        symbology=query.symbology,
        form=query.format,
        quantity=query.quantity,
        package=query.package,
    )
    # An SVG opened by itself must not run anything, whatever a supplier's lot code holds.
    return Response(made.content, mimetype=made.media_type, headers={"Content-Security-Policy": _POLICY})


def _render_picture(found: PictureMatch) -> dict[str, Any]:
    return {
        "labels": [_render(each) for each in found.labels],
        "codes": [
            {"text": code.text, "symbology": code.symbology, "x": code.position[0], "y": code.position[1]}
            for code in found.codes
        ],
        "findings": [each.as_json() for each in found.findings],
    }


def _render(found: LabelMatch) -> dict[str, Any]:
    return {**_render_label(found.label), "matches": [_render_group(each) for each in found.groups]}


def _render_label(label: ReelLabel) -> dict[str, Any]:
    produced, expires = label.day(Meaning.PRODUCED), label.day(Meaning.EXPIRES)
    members = {
        "manufacturerPartNumber": label.text(Meaning.MANUFACTURER_PART),
        "customerPartNumber": label.text(Meaning.CUSTOMER_PART),
        "distributorPartNumber": label.text(Meaning.DISTRIBUTOR_PART),
        "manufacturer": label.text(Meaning.MANUFACTURER),
        "countryOfOrigin": label.text(Meaning.COUNTRY),
        "quantity": None if label.quantity is None else str(label.quantity),
        "unitOfMeasure": label.unit,
        "manufacturedOn": None if produced is None else produced.isoformat(),
        "expiresOn": None if expires is None else expires.isoformat(),
    }
    lots = (
        {
            "code": lot.code,
            "quantity": None if lot.quantity is None else str(lot.quantity),
            "unitOfMeasure": lot.unit,
            "dateCode": lot.date_code,
        }
        for lot in label.lots
    )
    return {
        "syntax": label.syntax.value,
        **{name: value for name, value in members.items() if value is not None},
        "dateCodes": list(label.date_codes),
        "lots": [{name: value for name, value in lot.items() if value is not None} for lot in lots],
        "possibleLots": list(label.possible_lots),
        "fields": [
            {
                "identifier": field.identifier,
                "text": field.text,
                "meaning": None if field.meaning is None else field.meaning.value,
                "position": field.position,
            }
            for field in label.fields
        ],
        "findings": [each.as_json() for each in label.findings],
    }


def _render_group(group: HitGroup) -> dict[str, Any]:
    return {
        "kind": group.kind.value,
        "hasMore": group.has_more,
        "hits": [
            {
                "id": hit.id,
                "title": hit.title,
                "details": list(hit.details),
                "matchedBy": [by.value for by in hit.matched_by],
            }
            for hit in group.hits
        ],
    }
