"""A small outside sign-in (OpenID Connect) over real HTTP, which says of whoever comes what the test wants it to say."""

import base64
import hashlib
import json
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from gsctracker import clock

CLIENT, SECRET = "gsctracker", "a client secret: with/odd signs"


class Provider:
    """The provider: `person` is who sits at the browser, `lies` changes what it claims, `asked` is what it was asked."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "1"})
        self.signs_with, self.alg = self.key, "ES256"
        self.person: dict[str, object] = {}
        self.lies: dict[str, object] = {}
        self.lies_of_token: dict[str, object] = {}
        self.config: dict[str, object] = {}
        self.asked: list[str] = []
        self.box = ""  # where the box really listens, for a browser that comes to /authorize itself
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._get(self)

            def do_POST(self) -> None:
                provider._token(self)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def met(self, address: str) -> str:
        """Somebody's browser goes to that address of ours and agrees; gives where it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(12)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def claims(self, nonce: str) -> dict[str, object]:
        """What it says of the person."""
        now = int(clock.moment().timestamp())
        said = {"iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce}
        said |= {"email_verified": True} | self.person | self.lies
        return {name: one for name, one in said.items() if one is not None}

    def _get(self, asked: BaseHTTPRequestHandler) -> None:
        self.asked.append(asked.path)
        if asked.path == "/.well-known/openid-configuration":
            known = {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize"}
            known |= {"token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}
            _say(asked, 200, known | self.config)
        elif asked.path.startswith("/authorize?"):
            back = urlsplit(self.met(f"{self.issuer}{asked.path}"))
            asked.send_response(302)
            asked.send_header("Location", f"{self.box}{back.path}?{back.query}")
            asked.send_header("Content-Length", "0")
            asked.end_headers()
        else:
            _say(asked, 200, KeySet([self.key]).as_dict(private=False))

    def _token(self, asked: BaseHTTPRequestHandler) -> None:
        self.asked.append(asked.path)
        form = {n: v[0] for n, v in parse_qs(asked.rfile.read(int(asked.headers["Content-Length"])).decode()).items()}
        known = self._codes.pop(form.get("code", ""), None)
        pair = "gsctracker:a%20client%20secret%3A%20with%2Fodd%20signs"
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        fits = (
            known is not None
            and asked.headers["Authorization"] == "Basic " + base64.b64encode(pair.encode()).decode()
            and form["redirect_uri"] == known["redirect_uri"]
            and proof.decode().rstrip("=") == known["code_challenge"]
        )
        if not fits or known is None:
            return _say(asked, 400, {"error": "invalid_grant"})
        header = {"alg": self.alg, "kid": "1"}
        if self.alg == "none":
            parts = [json.dumps(header), json.dumps(self.claims(known["nonce"]))]
            token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."
        else:
            token = jwt.encode(header, self.claims(known["nonce"]), self.signs_with, algorithms=[self.alg])
        return _say(asked, 200, {"id_token": token, "access_token": "x", "token_type": "Bearer"} | self.lies_of_token)


def _say(asked: BaseHTTPRequestHandler, status: int, said: object) -> None:
    body = json.dumps(said).encode()
    asked.send_response(status)
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body)
