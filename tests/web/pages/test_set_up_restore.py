"""An empty box is given a copy on its first page: as files, from its folder, from the bucket; with the key from the sheet."""

import contextlib
import http.client
import io
import json
import re
import shutil
import tarfile
import time
import urllib.parse
import uuid
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain.season import troop
from gsctracker.integrations import age
from gsctracker.ops.copies import handing_out, keys, making, offered, places
from gsctracker.ops.copies.staging import Found
from gsctracker.ops.demo_people import PASSWORD
from gsctracker.web.app import create_app
from gsctracker.web.pages.restore import errands_here
from tests import factories
from tests.buckets import KEYS
from tests.running import started

PHOTO = b"\xff\xd8 a receipt"
ODD_KEYS = ["x", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1" + "B" * 58, "<script>", "\x00"]


@pytest.fixture
def brought(tmp_path, box):
    """What is left of a box that is gone: (the .tar of its copy, its printed key)."""
    with box.write() as tx:
        for name in ("Ana", "Bea", "Cleo"):
            factories.make_scout(tx, name)
    config = Config(data_dir=tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "receipt.jpg").write_bytes(PHOTO)
    manifest = making.make(config, box, "manual")
    (tmp_path / "out").mkdir()
    packed = handing_out.pack(config, Found(places.local(config), manifest), tmp_path / "out")
    return packed, keys.identities(config)[0]


@pytest.fixture
def empty(tmp_path):
    """An empty box: its website, database, settings and set-up code."""
    folder = tmp_path / "new"
    folder.mkdir()
    db = Database(folder / "gsctracker.db")
    config = Config(data_dir=folder)
    keys.ready(config)
    with db.write() as tx:
        code = troop.issue_setup_code(tx)
    site = create_app(config, db, "a secret for tests, forty characters long")
    yield site, db, config, code
    errands_here(site).wait()
    db.close()


def bring(site, code, files, **more):
    """Send the form; gives the answer, or the page that follows where it was taken."""
    browser = site.test_client()
    chosen = [FileStorage(io.BytesIO(content), name) for name, content in files]
    sent = {"code": code, "source": "files", "file": chosen} | more
    mark, body = encode_multipart(MultiDict(sent))
    answer = browser.post("/set-up/restore", data=body, content_type=f"multipart/form-data; boundary={mark}")
    if answer.status_code == 303:
        errands_here(site).wait(60)
        answer = browser.get(answer.location)
    return answer


def scouts_in(db):
    with db.read() as tx:
        return value(tx, "SELECT count(*) FROM scouts")


def unpacked(packed, folder):
    """The copy and its manifest as two files: (name, content)."""
    with tarfile.open(packed) as tar:
        tar.extractall(folder, filter="data")
    return [(file.name, file.read_bytes()) for file in sorted(folder.iterdir())]


def test_the_troop_comes_back_from_one_file_and_the_printed_key(empty, brought):
    """BAK-25: as it was; the key that was printed is the box's own from then on; the code works no longer."""
    site, db, config, code = empty
    packed, key = brought
    spaced = "Key: " + " ".join(re.findall(".{1,8}", key.lower()))
    answer = bring(site, code, [(packed.name, packed.read_bytes())], key=spaced)
    assert "The copy is put back" in answer.text, answer.text
    assert scouts_in(db) == 3
    assert (config.data_dir / "photos" / "receipt.jpg").read_bytes() == PHOTO
    assert keys.identities(config)[0] == key
    assert len(keys.identities(config)) == 2, "the key of the empty box still opens what it sealed"
    assert site.test_client().get("/set-up/restore").location == "/"
    assert bring(site, code, [(packed.name, packed.read_bytes())], key=key).status_code == 409
    assert not list((config.data_dir / "tmp").glob("offered-*"))


def test_the_two_files_as_they_lie_in_a_bucket(empty, brought, tmp_path):
    """BAK-13: the copy, its manifest and the photos that go with it, all chosen at once."""
    site, db, config, code = empty
    packed, key = brought
    files = unpacked(packed, tmp_path / "all")
    assert len(files) == 3
    assert "The copy is put back" in bring(site, code, files, key=key).text
    assert scouts_in(db) == 3
    assert (config.data_dir / "photos" / "receipt.jpg").read_bytes() == PHOTO


def test_a_copy_that_lies_in_the_folder(empty, brought, tmp_path):
    """BAK-13: one that is too large for a browser is laid into the box's folder."""
    site, db, config, code = empty
    packed, key = brought
    assert 'value="folder"' not in site.test_client().get("/set-up/restore").text
    making.make(config, db)
    assert 'value="folder"' not in site.test_client().get("/set-up/restore").text, "its own copy is one of nothing"
    unpacked(packed, config.backups)
    assert 'value="folder"' in site.test_client().get("/set-up/restore").text
    assert "The copy is put back" in bring(site, code, [], source="folder", key=key).text
    assert scouts_in(db) == 3


def test_without_the_code_nothing_is_looked_at(empty, brought):
    """SEC-36: whoever cannot read the console gives this box no data."""
    site, db, config, code = empty
    packed, key = brought
    for wrong in ("", "aaaa-bbbb-cccc", code + "x"):
        answer = bring(site, wrong, [(packed.name, packed.read_bytes())], key=key)
        assert answer.status_code == 422
    assert scouts_in(db) == 0
    assert not list((config.data_dir / "tmp").glob("offered-*"))


@pytest.mark.parametrize("typed", ODD_KEYS)
def test_what_is_no_key_is_said_beside_the_field(empty, brought, typed):
    """Bad input: one clear sentence, and nothing has happened."""
    site, db, _, code = empty
    answer = bring(site, code, [(brought[0].name, brought[0].read_bytes())], key=typed)
    assert answer.status_code == 422 and "There is no whole key in this" in answer.text
    assert scouts_in(db) == 0


def test_each_bad_file_is_refused_in_its_own_sentence(empty, brought, tmp_path):
    """Bad input: empty, cut, flipped, no copy, a manifest of another, sealed for another key, too many, none at all."""
    site, db, config, code = empty
    packed, key = brought
    (copy_name, copy), (manifest_name, described), _ = unpacked(packed, tmp_path / "all")
    middle = len(copy) // 2
    flipped = copy[:middle] + bytes([copy[middle] ^ 1]) + copy[middle + 1 :]
    edited = json.loads(described)
    edited["label"] = "edited by hand"
    said = {
        "is empty": [("gsctracker.db.gz", b"")],
        "has no manifest|no manifest": [(copy_name, copy)],
        "bytes, its manifest says": [(copy_name, copy[:-5]), (manifest_name, described)],
        "changed or damaged after it was made": [(copy_name, flipped), (manifest_name, described)],
        "cannot be unpacked": [("a.tar", b"not a tar")],
        "no copy with its manifest": [("a.tar", bytes(10_240))],
        "is not the manifest of": [("other.db.gz.age", copy), (manifest_name, described)],
        "was changed after it was signed": [(copy_name, copy), (manifest_name, json.dumps(edited).encode())],
        "not a manifest": [(copy_name, copy), (manifest_name, b"[]")],
        "Choose the copy": [],
        "too many files": [(f"{n}.db.gz", b"x") for n in range(6)],
        "neither compressed nor sealed": [("holiday.jpg", b"\xff\xd8\xff\xe0" * 100)],
    }
    for sentence, files in said.items():
        trusted = {"trusted": "1"} if sentence in ("is empty", "neither compressed nor sealed") else {}
        answer = bring(site, code, files, key=key, **trusted)
        assert re.search(sentence, answer.text), (sentence, answer.text)
        assert "Traceback" not in answer.text
        assert scouts_in(db) == 0
    answer = bring(site, code, [(packed.name, packed.read_bytes())], key=age.new_identity())
    assert "sealed for another key" in answer.text
    assert f"/set-up/restore?code={code}" in answer.text, "who tries again need not type the code again"
    assert not list((config.data_dir / "tmp").glob("offered-*"))
    assert "The copy is put back" in bring(site, code, [(packed.name, packed.read_bytes())], key=key).text


def test_a_plain_database_is_taken_from_whoever_trusts_it(empty, brought, box):
    """BAK-13: a file without a manifest, ticked as trusted, passes every check of its own."""
    site, db, _, code = empty
    plain = box.path.parent / "plain.db"
    making.take(box, plain)
    content = plain.read_bytes()
    assert content
    assert "tick below that" in bring(site, code, [("mine.db", content)]).text
    assert "The copy is put back" in bring(site, code, [("mine.db", content)], trusted="1").text
    assert scouts_in(db) == 3


def test_names_out_of_a_tar_stay_in_their_folder(tmp_path):
    """Bad input: a path in an archive leads nowhere, and links are not followed."""
    packed = tmp_path / "evil.tar"
    with tarfile.open(packed, "w") as tar:
        for name in ("../../evil.txt", "/etc/evil", "gsctracker-20260214T020000Z-00000042.json/../x"):
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"evil"))
        link = tarfile.TarInfo("gsctracker-20260214T020000Z-00000042.db.gz")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(Exception, match="no copy with its manifest"), packed.open("rb") as content:
        offered.keep([("../../up.tar", content)], room)
    assert list(room.iterdir()) == []
    assert not (tmp_path / "evil.txt").exists()


class Person:
    """A browser without a browser: keeps its cookies, sends forms."""

    def __init__(self, server):
        self.server, self.cookies = server, {}

    def ask(self, method, path, body=b"", kind="application/x-www-form-urlencoded"):
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items()), "Content-Type": kind}
        line.request(method, path, body, headers)
        answer = line.getresponse()
        content = answer.read()
        for name, text in answer.headers.items():
            if name.lower() == "set-cookie":
                cookie, _, rest = text.partition(";")[0].partition("=")
                self.cookies[cookie] = rest
        line.close()
        return answer.status, answer.headers.get("Location", ""), content

    def send(self, path, **form):
        return self.ask("POST", path, urllib.parse.urlencode(form).encode())

    def upload(self, path, **form):
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in form.items()
        ]
        body = "".join([*parts, f"--{mark}--\r\n"]).encode()
        return self.ask("POST", path, body, f"multipart/form-data; boundary={mark}")

    def figures(self):
        """Everything that the season comes to: the summary and every report."""
        paths = ["/api/troops/1/summary", "/api/sales?limit=100"]
        paths += [f"/reports/{name}.csv" for name in ("sales", "balances", "journal", "differences")]
        found = {}
        for path in paths:
            status, _, content = self.ask("GET", path)
            assert status == 200, (path, status, content)
            found[path] = content
        return found


def test_a_box_that_burned_down_comes_back_from_the_bucket_and_the_printed_key(tmp_path, store):
    """BAK-25, BAK-21: demo troop, sell, back up to S3, delete the data, restore on the set-up page: every figure is as before."""
    settings = {
        "S3_BACKUP_BUCKET": store.address.bucket,
        "S3_ENDPOINT_URL": store.address.endpoint,
        "AWS_ACCESS_KEY_ID": KEYS["key_id"],
        "AWS_SECRET_ACCESS_KEY": KEYS["secret"],
    }
    old = tmp_path / "old"
    with started(old, "--demo", **settings) as server:
        person = Person(server)
        assert person.send("/sign-in", email="admin@example.org", password=PASSWORD)[0] == 303
        sale = json.dumps({"cookieType": "Thin Mints", "quantity": 7, "customerName": "Q.", "scoutId": 1}).encode()
        assert person.ask("POST", "/api/sales", sale, "application/json")[0] == 201
        status, page, said = person.send("/copies", label="on the last evening")
        assert status == 303 and page.startswith("/copies/gsctracker-"), said
        status, _, shown = person.ask("GET", "/copies?in=bucket")
        assert b"on the last evening" in shown
        key = re.search(rb"AGE-SECRET-KEY-1[0-9A-Z]+", person.send("/recovery-sheet")[2])[0].decode()
        late = json.dumps({"cookieType": "Trefoils", "quantity": 3, "customerName": "R.", "scoutId": 2}).encode()
        assert person.ask("POST", "/api/sales", late, "application/json")[0] == 201
        assert person.send("/jobs/ship-rows/run")[0] == 303  # what the box does each minute
        before = person.figures()
        server.process.kill()
        server.process.wait()
    shutil.rmtree(old)
    with started(tmp_path / "new", **settings) as server:
        code = re.search(r"/setup\?code=([\w-]+)", server.said())[1]
        person = Person(server)
        assert b"/set-up/restore" in person.ask("GET", f"/set-up?code={code}")[2]
        wrong = person.upload("/set-up/restore", code=code, source="bucket", key=age.new_identity())
        assert b"sealed for another key" in _end(person, wrong[1])
        status, follow, said = person.upload("/set-up/restore", code=code, source="bucket", key=key)
        assert status == 303, said
        assert b"The copy is put back" in _end(person, follow)
        assert person.send("/sign-in", email="admin@example.org", password=PASSWORD)[0] == 303
        assert person.figures() == before
        assert key.encode() in person.send("/recovery-sheet")[2]
        assert server.stop() == 0


def stretched(packed, folder, megabytes):
    """The .tar with something in it that nobody looks at, so that it is that large; and the form that sends it."""
    large = folder / packed.name
    with tarfile.open(packed) as old, tarfile.open(large, "w") as tar, open("/dev/zero", "rb") as zeros:
        for member in old:
            tar.addfile(member, old.extractfile(member))
        filler = tarfile.TarInfo("holiday.mov")
        filler.size = megabytes * 1_000_000
        tar.addfile(filler, zeros)
    return large


def parts_of(large, mark, **form):
    """The body of the form, a few bytes at a time."""
    for name, text in form.items():
        yield f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
    yield f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{large.name}"\r\n\r\n'.encode()
    with large.open("rb") as file:
        while part := file.read(1 << 20):
            yield part
    yield f"\r\n--{mark}--\r\n".encode()


def send_large(server, path, large, **form):
    """Send it as a browser does; gives the answer's status, where it leads and its words."""
    mark = uuid.uuid4().hex
    length = (
        large.stat().st_size
        + sum(len(part) for part in parts_of(large.with_name("empty"), mark, **form))
        + len(large.name)
        - len("empty")
    )
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    line.putrequest("POST", path)
    line.putheader("Content-Type", f"multipart/form-data; boundary={mark}")
    line.putheader("Content-Length", str(length))
    line.endheaders()
    with contextlib.suppress(OSError):  # a refusal comes before all is sent
        for part in parts_of(large, mark, **form):
            line.send(part)
    answer = line.getresponse()
    said = answer.status, answer.headers.get("Location", ""), answer.read().decode()
    line.close()
    return said


def peak_of(process):
    """The most memory it ever held, in kB."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())[1])


def test_a_large_copy_goes_to_the_disk_and_not_into_memory(brought, tmp_path):
    """BAK-25: larger than any other request, with the code in the address; without it, or beyond the setting, it stays outside."""
    packed, key = brought
    (tmp_path / "large").mkdir()
    large = stretched(packed, tmp_path / "large", 80)
    (tmp_path / "large" / "empty").touch()
    with started(tmp_path / "new", RESTORE_UPLOAD_MB="100") as server:
        code = re.search(r"/setup\?code=([\w-]+)", server.said())[1]
        form = {"code": code, "source": "files", "key": key}
        assert b"At most 100 MB" in server.get(f"/set-up/restore?code={code}")[2]
        assert b"At most 15 MB" in server.get("/set-up/restore?code=wrong")[2]
        before = peak_of(server.process)
        for path in ("/set-up/restore", "/set-up/restore?code=aaaa-bbbb-cccc", f"/sign-in?code={code}"):
            status, _, said = send_large(server, path, large, **form)
            assert status == 413 and "too large" in said, (path, said)
        status, follow, said = send_large(server, f"/set-up/restore?code={code}", large, **form)
        assert status == 303, said
        assert b"The copy is put back" in _end(Person(server), follow)
        assert peak_of(server.process) - before < 40_000
        assert not list((tmp_path / "new" / "tmp").glob("offered-*"))
        assert (
            send_large(server, f"/set-up/restore?code={code}", large, **form)[0] == 413
        )  # a box with a troop takes none
        assert server.stop() == 0


def _end(person, follow):
    for _ in range(600):
        shown = person.ask("GET", follow)[2]
        if b"Look again" not in shown:
            return shown
        time.sleep(0.1)
    raise AssertionError(shown)
