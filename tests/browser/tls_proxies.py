"""Debian's nginx and Caddy before a box, with a certificate from a test authority: there the browser runs the worker."""

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.running import free_port

CADDYFILE = Path(__file__).parents[2] / "examples" / "deploy" / "Caddyfile"
SITE = "{$SITE:cookies.example.org} {"
PATIENCE = 30.0
NGINX = """{user}
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_max_body_size 16m;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/box.pem; ssl_certificate_key {folder}/box.key;
    location / {{
      proxy_pass http://127.0.0.1:{inside}; proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto https;
    }}
  }}
}}
"""


def certificate(folder: Path) -> str:
    """Write box.pem and box.key, which a test authority signed for localhost; gives the hash of the key that a browser is to trust."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority", "-keyout",
            "ca.key", "-out", "ca.pem")  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "box.key", "-out", "box.csr")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "box.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "box.pem")  # fmt: skip
    openssl("pkey", "-in", "box.key", "-pubout", "-outform", "DER", "-out", "box.pub")
    return base64.b64encode(hashlib.sha256((folder / "box.pub").read_bytes()).digest()).decode()


@contextmanager
def before(proxy: str, folder: Path, port: int, inside: int) -> Iterator[None]:
    """`nginx` or `caddy` at https://localhost:port, which leads to the box at port `inside`; its certificate is in the folder."""
    command, told = {"nginx": _nginx, "caddy": _caddy}[proxy](folder, port, inside)
    with (folder / "proxy.said").open("ab") as said:
        process = subprocess.Popen(command, env=told, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _listens(port):
            assert process.poll() is None, (folder / "proxy.said").read_text()
            assert time.monotonic() < deadline, f"{proxy} does not listen"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _nginx(folder: Path, port: int, inside: int) -> tuple[list[str], None]:
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(user=user, folder=folder, port=port, inside=inside))
    return [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], None


def _caddy(folder: Path, port: int, inside: int) -> tuple[list[str], dict[str, str]]:
    """The example that is given to operators, with the test's certificate in it."""
    text = CADDYFILE.read_text(encoding="utf-8")
    assert SITE in text
    ours = f"{{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\thttp_port {free_port()}\n}}\n"
    text = text.replace(SITE, f"{SITE}\n\tbind 127.0.0.1\n\ttls {folder}/box.pem {folder}/box.key")
    (folder / "Caddyfile").write_text(ours + text, encoding="utf-8")
    told = {
        "SITE": f"https://localhost:{port}",
        "UPSTREAM": f"127.0.0.1:{inside}",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], told


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
