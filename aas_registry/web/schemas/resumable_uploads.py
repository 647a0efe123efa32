"""Uploads in pieces, as they are answered."""

from datetime import datetime

from aas_registry.web.schemas.answer import TIME, AnswerModel, shown


class PartialUploadJson(AnswerModel):
    """How far an upload in pieces is."""

    id: str = shown("Id of the upload in pieces.", "1f01f9d991005b0990ca0d1c942b5b8d")
    file_name: str = shown("The name that its sender gave; empty for none.", "lot-k2541.aasx")
    media_type: str = shown("The media type that its sender declared.", "application/octet-stream")
    length: int = shown("Size of the whole file, in bytes.", 1048576)
    offset: int = shown("Bytes that are there; the next piece begins here.", 524288)
    created_at: datetime = shown("When it was announced.", TIME)
    expires_at: datetime = shown("When it is given up if nothing more comes.", TIME)
    upload: str | None = shown("Id of the upload that it became; null until it was taken.", None)
