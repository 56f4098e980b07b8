"""The newest good copy, kept unpacked: what the minutes since are compared with.

It lies in DATA_DIR/tmp as `last-copy.db`, its manifest beside it. It may be lost at any time: the next shipment then begins with
a copy of its own.
"""

import logging
import os
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import durable
from gsctracker.errors import Conflict
from gsctracker.ops.copies import keys, names, workroom
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.manifest import Manifest

logger = logging.getLogger("gsctracker.copies")

FILE, DESCRIBED = "last-copy.db", "last-copy.db.json"


def keep(config: Config, taken: Path, manifest: Manifest) -> None:
    """Keep the database that was packed into that copy; one that is suspicious, or of the moment before a restore, is not.

    The manifest goes first and comes last: whoever reads it before and after opening the file knows that they belong together.
    """
    if manifest.suspicious or manifest.kind == "pre-restore":
        return
    folder = workroom.folder_of(config)
    try:
        (folder / DESCRIBED).unlink(missing_ok=True)
        os.replace(taken, folder / FILE)
        durable.write_whole(folder / DESCRIBED, manifests.written(manifest, keys.signing_key(config)))
    except OSError as error:  # the copy itself counts already
        logger.warning("the minutes cannot go on from %s: %s", manifest.name, error)


def found(config: Config) -> tuple[Path, Manifest] | None:
    """The unpacked copy and its manifest, or None where there is none or the copy itself is not listed any more."""
    folder = workroom.folder_of(config)
    try:
        manifest = manifests.read((folder / DESCRIBED).read_bytes(), keys.manifest_keys(config))
    except (OSError, Conflict):
        return None
    if not (folder / FILE).exists() or not (config.backups / (manifest.name + names.MANIFEST)).exists():
        return None
    return folder / FILE, manifest
