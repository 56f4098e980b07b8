"""Sentences for people: marked here, translated at the doors."""


def N_(sentence: str) -> str:
    """Mark a sentence for the translators and give it back unchanged."""
    return sentence
