import io


def test_smoke(bolt):
    response = bolt.get("/trace/v1/uploads")
    assert response.status_code == 200, response.get_json()
    assert response.get_json() == {"paging_metadata": {}, "result": []}
