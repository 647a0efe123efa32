"""Every hostile file of the tests, by family."""

from collections.abc import Mapping
from itertools import chain, groupby

from hostile_files.archives import archives
from hostile_files.contents import contents
from hostile_files.declaration import Hostile
from hostile_files.event_bodies import event_bodies
from hostile_files.json_texts import json_texts
from hostile_files.label_files import label_files
from hostile_files.package_documents import package_documents
from hostile_files.part_names import part_names
from hostile_files.pdf_files import pdf_files
from hostile_files.polyglots import polyglots
from hostile_files.request_bodies import request_bodies
from hostile_files.spreadsheets import spreadsheets
from hostile_files.xml_parts import xml_parts

HOSTILE_FILES = tuple(
    chain(
        archives(),
        part_names(),
        polyglots(),
        pdf_files(),
        xml_parts(),
        json_texts(),
        contents(),
        event_bodies(),
        request_bodies(),
        spreadsheets(),
        label_files(),
        package_documents(),
    )
)
FAMILIES: Mapping[str, tuple[Hostile, ...]] = {
    family: tuple(files)
    for family, files in groupby(
        sorted(HOSTILE_FILES, key=lambda each: each.family), lambda each: each.family
    )
}
