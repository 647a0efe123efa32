"""Reading a submodel: stored canonical bytes against an SDK's store of objects.

The rival is the BaSyx SDK's store of files, with its JSON encoder for the answer: what a
server built on that SDK does for a read. Both keep the same submodels on the same disk, and
both are asked for the same ids in the same order.
"""

import json
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from basyx.aas.adapter.json import AASFromJsonDecoder, AASToJsonEncoder
from basyx.aas.backend.local_file import LocalFileIdentifiableStore
from figure import Figure
from timing import milliseconds

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Principal, Role
from aas_registry.services import access, documents
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app

SUBMODELS = 50
ELEMENTS = 200
ROUNDS = 5


def submodel(number: int) -> dict[str, Any]:
    """Return a submodel of the size of a quality certificate."""
    elements = [
        {"modelType": "Property", "idShort": f"P{i}", "valueType": "xs:string", "value": f"value {i}"}
        for i in range(ELEMENTS)
    ]
    return {"modelType": "Submodel", "id": f"urn:example:{number}", "submodelElements": elements}


def seconds(read: Callable[[str], bytes], ids: list[str]) -> float:
    """Return the least seconds of several rounds over all ids."""
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for identifier in ids:
            assert read(identifier)
        times.append(perf_counter() - began)
    return min(times)


def figures() -> Iterator[Figure]:
    """Yield how many times faster a stored document is read than an object is rebuilt."""
    ids = [f"urn:example:{number}" for number in range(SUBMODELS)]
    with tempfile.TemporaryDirectory() as folder:
        registry = open_registry(Settings(data_dir=Path(folder) / "data"))
        principal = access.local_administrator(registry)
        store = LocalFileIdentifiableStore(str(Path(folder) / "rival"))
        store.check_directory(create=True)
        for number in range(SUBMODELS):
            documents.post_document(registry, principal, IdentifiableKind.SUBMODEL, submodel(number))
            store.add(json.loads(json.dumps(submodel(number)), cls=AASFromJsonDecoder))

        def ours(identifier: str) -> bytes:
            return documents.get_document(registry, principal, IdentifiableKind.SUBMODEL, identifier).body

        def rival(identifier: str) -> bytes:
            return json.dumps(store.get_item(identifier), cls=AASToJsonEncoder).encode()

        assert json.loads(ours(ids[0])) == json.loads(rival(ids[0]))
        fast, slow = seconds(ours, ids), seconds(rival, ids)
        detail = milliseconds(ours=fast / SUBMODELS, rival=slow / SUBMODELS)
        yield Figure("read-submodel-200-elements", slow / fast, "x", 10, "at least", detail)
        served = seconds(over_http(registry, principal), ids)
        detail = milliseconds(whole=served / SUBMODELS, rival=slow / SUBMODELS)
        yield Figure("http-read-submodel-200-elements", slow / served, "x", 3, "at least", detail)
        registry.close()


def over_http(registry: Registry, principal: Principal) -> Callable[[str], bytes]:
    """Return a reading through the AAS API, with routing, token and headers."""
    token = access.issue_token(registry, principal, name="bench", role=Role.QUALITY).text
    client = create_app(registry).test_client(use_cookies=False)

    def read(identifier: str) -> bytes:
        address = urlsafe_b64encode(identifier.encode()).decode().rstrip("=")
        answer = client.get(f"/api/v3/submodels/{address}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        return answer.data

    return read
