"""The catalogues of sentences, one folder a language; English is the sentences themselves."""
