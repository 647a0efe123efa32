"""What a selection comes to: objects, their concept descriptions and files, within the asker's scope."""

import io
from collections.abc import Callable

import pytest
from aas_samples import aasx, concept, environment, lot_aasx, shell, submodel, text

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ForbiddenError, NotFoundError, RegistryError, TooLargeError
from aas_registry.domain.exports import Selection
from aas_registry.domain.package import IdentifiableKind, PackageFile
from aas_registry.domain.principals import Principal, Role
from aas_registry.services import access, export_selection, parties
from aas_registry.services.export_selection import Gathered
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table

PAPER = PackageFile.of("/aasx/a.pdf", "application/pdf", b"%PDF a")


@pytest.fixture
def plant(registry: Registry) -> Principal:
    administrator = access.local_administrator(registry)
    parties.add_party(registry, administrator, code="bolt", name="Bolt Components GmbH")
    parties.add_party(registry, administrator, code="arro", name="Arro Distribution")
    return administrator


@pytest.fixture
def supplier(registry: Registry, plant: Principal) -> Callable[[str], Principal]:
    def found(code: str) -> Principal:
        with registry.read() as connection:
            party = party_table.find_party(connection, plant.site, code)
        assert party is not None
        return Principal(name=code, role=Role.SUPPLIER, site=plant.site, party=party.id)

    return found


@pytest.fixture
def bolt(registry: Registry, supplier) -> Principal:
    """Bolt, who sent a shell with a submodel that names a concept description and a file."""
    sender = supplier("bolt")
    paper = {
        "modelType": "File",
        "idShort": "Paper",
        "contentType": "application/pdf",
        "value": "/aasx/a.pdf",
    }
    made = aasx(
        shell("urn:shell", submodels=["urn:sm"]),
        submodel("urn:sm", paper, semantic_id="urn:concept"),
        concept("urn:concept"),
        concept("urn:nobody:names"),
        files=[PAPER],
    )
    upload(registry, sender, made)
    return sender


def upload(registry: Registry, who: Principal, content: bytes, name: str = "a.aasx"):
    return uploads.take_upload(registry, who, Arrival(io.BytesIO(content), name))


def gather(registry: Registry, who: Principal, *, with_files: bool = True, **named: object) -> Gathered:
    with registry.read() as connection:
        return export_selection.gather(registry, connection, who, Selection(**named), with_files=with_files)


def keys(gathered: Gathered) -> list[str]:
    return [each.key for each in gathered.objects]


def refusal(registry: Registry, who: Principal, kind: type[RegistryError], **named: object) -> Code:
    with pytest.raises(kind) as refused:
        gather(registry, who, **named)
    return refused.value.code


def test_a_shell_brings_what_it_names_and_no_more(registry: Registry, bolt: Principal) -> None:
    found = gather(registry, bolt, shells=("urn:shell",))

    assert keys(found) == ["urn:shell", "urn:sm", "urn:concept"]
    assert [each.key for each in found.of_kind(IdentifiableKind.SUBMODEL)] == ["urn:sm"]
    assert list(found.placed.parts) == ["/aasx/a.pdf"]
    assert list(found.sizes.values()) == [len(b"%PDF a")]
    assert found.findings == ()


def test_what_is_named_twice_is_there_once(registry: Registry, bolt: Principal) -> None:
    found = gather(registry, bolt, shells=("urn:shell", "urn:shell"), submodels=("urn:sm",), party="bolt")

    assert keys(found) == ["urn:shell", "urn:sm", "urn:concept", "urn:nobody:names"]


def test_files_are_looked_for_only_where_they_are_wanted(registry: Registry, bolt: Principal) -> None:
    found = gather(registry, bolt, with_files=False, shells=("urn:shell",))

    assert (keys(found), found.placed.parts) == (["urn:shell", "urn:sm", "urn:concept"], {})


def test_a_lot_brings_the_shell_that_states_it(registry: Registry, supplier) -> None:
    bolt = supplier("bolt")
    (lot,) = upload(registry, bolt, lot_aasx()).outcome["lots"]

    found = gather(registry, bolt, lots=(lot["id"],))

    assert len(found.of_kind(IdentifiableKind.SHELL)) == 1


def test_nobody_else_finds_it(registry: Registry, bolt: Principal, supplier) -> None:
    arro = supplier("arro")

    assert refusal(registry, arro, NotFoundError, shells=("urn:shell",)) is Code.SHELL_NOT_FOUND
    assert refusal(registry, arro, NotFoundError, submodels=("urn:sm",)) is Code.SUBMODEL_NOT_FOUND
    assert refusal(registry, arro, ForbiddenError, party="bolt")
    assert refusal(registry, arro, NotFoundError, party="arro") is Code.EXPORT_EMPTY


def test_what_is_missing_is_named(registry: Registry, bolt: Principal) -> None:
    with pytest.raises(NotFoundError) as refused:
        gather(registry, bolt, shells=("urn:shell", "urn:none", "urn:none"))

    assert [each.path for each in refused.value.findings] == ["urn:none"]


def test_of_two_concept_descriptions_of_one_id_the_served_one_is_exported(
    registry: Registry, plant: Principal, bolt: Principal
) -> None:
    other = concept("urn:concept", "Another")
    own = [submodel("urn:plant", text("A"), semantic_id="urn:concept"), other]
    upload(registry, plant, environment(*own), "a.json")

    found = gather(registry, plant, submodels=("urn:sm", "urn:plant"))

    (chosen,) = found.of_kind(IdentifiableKind.CONCEPT_DESCRIPTION)
    assert chosen.party == bolt.party
    assert [each.code for each in found.findings] == [Code.AAS_DUPLICATE_ID]


@pytest.mark.parametrize(
    ("setting", "most"), [("export_identifiables", 2), ("aas_data_bytes", 100), ("export_bytes", 5)]
)
def test_what_is_too_much_names_its_setting(
    make_registry: Callable[..., Registry], bolt: Principal, setting: str, most: int
) -> None:
    registry = make_registry(**{setting: most})

    with pytest.raises(TooLargeError, match=setting):
        gather(registry, bolt, shells=("urn:shell",))


def test_the_digest_tells_content_and_the_way_it_is_written(registry: Registry, bolt: Principal) -> None:
    asked = {"shells": ("urn:shell",)}
    before = gather(registry, bolt, **asked)

    assert gather(registry, bolt, **asked).digest("aasx") == before.digest("aasx")
    assert before.digest("aasx") != before.digest("json")

    upload(registry, bolt, aasx(submodel("urn:sm", text("B"))))
    assert gather(registry, bolt, **asked).digest("aasx") != before.digest("aasx")
