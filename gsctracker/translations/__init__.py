"""The catalogues of sentences, one folder a language; English is the sentences themselves."""

from pathlib import Path

FOLDER = Path(__file__).parent
