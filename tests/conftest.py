"""Fixtures that all rooms share."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline import language


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The whole pipeline, loaded once."""
    return language.load()
