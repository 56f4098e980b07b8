"""Files through the API: staged, looked at, applied, taken back."""

import io

import pytest

IMPORTS = "/api/troops/1/imports"
ROSTER = b"First Name,Last Name,Level\nAna,Example,Brownie\nBea,Sample,Junior\n"


def send(browser, content=ROSTER, name="roster.csv", **more):
    return browser.post(IMPORTS, data={"source": "roster", **more, "file": (io.BytesIO(content), name)})


def test_a_file_is_staged_applied_and_taken_back(leader):
    staged = send(leader)
    assert staged.status_code == 201, staged.json
    assert staged.json["state"] == "staged"
    assert staged.json["counts"]["new"] == 2
    assert leader.get("/api/troops/1/scouts").json["total"] == 0
    address = f"{IMPORTS}/{staged.json['id']}"

    assert leader.post(f"{address}/apply").json["state"] == "applied"
    assert [row["firstName"] for row in leader.get("/api/troops/1/scouts").json["items"]] == ["Ana", "Bea"]
    assert leader.get(IMPORTS).json["items"][0]["state"] == "applied"

    assert leader.post(f"{address}/undo").json["state"] == "undone"
    assert all(row["status"] != "active" for row in leader.get("/api/troops/1/scouts").json["items"])
    assert leader.post(f"{address}/undo").status_code == 409


def test_the_same_file_again_changes_nothing(leader):
    first = send(leader).json["id"]
    leader.post(f"{IMPORTS}/{first}/apply")
    again = send(leader).json

    assert again["id"] == first
    assert again["isWaiting"] is False
    assert leader.get("/api/troops/1/scouts").json["total"] == 2


def test_a_repeated_upload_with_its_key_gives_the_first_answer(leader):
    def upload():
        data = {"source": "roster", "file": (io.BytesIO(ROSTER), "roster.csv")}
        return leader.post(IMPORTS, data=data, headers={"Idempotency-Key": "upload-1"})

    first, again = upload(), upload()
    assert first.status_code == again.status_code == 201
    assert first.data == again.data


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"\x00" * 100, b"no header here"])
def test_a_file_that_is_none_of_ours_gets_a_sentence(leader, content):
    answer = send(leader, content)

    assert answer.status_code == 422
    assert answer.json["error"]["message"].endswith(".")


def test_without_a_file_or_a_source_the_field_is_named(leader):
    without_file = leader.post(IMPORTS, data={"source": "roster"}, content_type="multipart/form-data")
    assert "file" in without_file.json["error"]["fields"]
    without_source = leader.post(IMPORTS, data={"file": (io.BytesIO(ROSTER), "a.csv")})
    assert "source" in without_source.json["error"]["fields"]
    assert "source" in send(leader, source="carrier-pigeon").json["error"]["fields"]


def test_only_who_may_import_does(signed_in):
    assert send(signed_in("leader")).status_code == 403
    assert send(signed_in("caregiver")).status_code == 403


def test_an_import_that_is_not_there_is_404(leader):
    assert leader.get(f"{IMPORTS}/99").status_code == 404
    assert leader.post(f"{IMPORTS}/99/apply").status_code == 404
    assert leader.post(f"{IMPORTS}/99/undo").status_code == 404
