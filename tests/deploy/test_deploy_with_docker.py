"""deploy.sh in its way with Docker, where no engine runs: a stand-in runs the very commands in releases instead of images."""

import pytest

from tests.deploy.conftest import Place
from tests.deploy.test_deploy_script import STEP

STAND_IN = """#!/bin/sh
echo "$*" >>"$CALLS"
chosen() { sed -n 's/^GSCT_IMAGE=//p' .env; }
case "$1 $2" in
    "container inspect" | "image inspect") exit 0 ;;
    "compose stop") sh -c "$STOP" ;;
    "compose up") ln -sfn "releases/$(chosen)" "$HOME_OF_RELEASES/current"; sh -c "$START" ;;
    "compose exec") shift 5; exec "$HOME_OF_RELEASES/releases/$(chosen)/bin/gsctracker" "$@" ;;
    "compose run")
        shift 5
        if [ "$1" = --entrypoint ]; then shift 3; exec sh "$@"; fi
        shift
        exec "$HOME_OF_RELEASES/releases/$GSCT_IMAGE/bin/gsctracker" "$@" ;;
    *) exit 9 ;;
esac
"""


@pytest.mark.slow
def test_images_take_over_and_are_left_again(tmp_path):
    """DEP-20, DEP-21: the image of the day stands in .env; back to the one before, with the schema that it knows."""
    place = Place(tmp_path)
    place.make("2.0.0")
    place.make("2.1.0", **{"db.migrate": ("\ndef newest(", STEP + "\n\ndef newest(")})
    tools, folder, calls = tmp_path / "tools", tmp_path / "compose", tmp_path / "calls"
    tools.mkdir()
    folder.mkdir()
    (tools / "docker").write_text(STAND_IN)
    (tools / "docker").chmod(0o755)
    (folder / ".env").write_text("SITE=cookies.example.org\n")
    told = place.environment
    place.environment = told | {
        "PATH": f"{tools}:{told['PATH']}",
        "CALLS": str(calls),
        "COMPOSE_DIR": str(folder),
        "HOME_OF_RELEASES": str(place.home),
        "START": told["DEPLOY_START"],
        "STOP": told["DEPLOY_STOP"],
        "DEPLOY_WITH": "",
    }
    try:
        first = place.deploy("--yes", "2.0.0")
        assert first.returncode == 0, first.stdout + first.stderr
        name, girls, schema, _ = place.facts()
        done = place.deploy("--yes", "2.1.0")
        assert done.returncode == 0, done.stdout + done.stderr
        assert (place.running(), place.facts()) == ("2.1.0", (name, girls, 2, 0))
        assert (folder / ".env").read_text() == (
            "SITE=cookies.example.org\nGSCT_IMAGE=2.1.0\n# GSCT_IMAGE_BEFORE=2.0.0\n"
        )
        done = place.deploy("--yes", "--rollback")
        assert done.returncode == 0, done.stdout + done.stderr
        assert (place.running(), place.facts()) == ("2.0.0", (name, girls, schema, 0))
        assert "compose up -d --no-deps gsctracker" in calls.read_text()
    finally:
        place.end()
