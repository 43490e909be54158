"""Finds the actors and things of an article: the spaCy component `dateline_entities`.

In: a Doc with tags, parse and names (`doc.ents`). Out: `doc._.entities`, a list of `EntityNote` in text order. The finders and
their order stand in models/config.cfg, section [entities]; each is a module here with `build() -> Finder`. They find, linking
decides and gathers, coreference adds what "the jet" and "he" stand for.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confection import Config
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.entities import matching, own_names
from pipeline.entities.finding import Finder, Found
from pipeline.entities.linking import link
from pipeline.errors import KnowledgeError
from pipeline.resources import model_path

if TYPE_CHECKING:
    from pipeline.entities.looking import Answer


class Entities:
    """Runs the configured finders, links what they find and resolves references to it."""

    def __init__(self, finders: list[str], resolvers: list[str]) -> None:
        self.finders: list[Finder] = [_load(name).build() for name in finders]
        self.resolvers = [_load(name).resolve for name in resolvers]
        matching.build()

    def add_names(self, path: Path) -> None:
        """Adds a user's own names, `--gazetteer my.csv`; they go before all others. Raises UsageError for a wrong file."""
        self.finders.insert(0, own_names.OwnNames(path))

    def find(self, doc: Doc) -> list[Found]:
        """What all finders see, before linking; for looking inside."""
        return [found for finder in self.finders for found in finder(doc)]

    def __call__(self, doc: Doc) -> Doc:
        entities = link(doc, self.find(doc))
        for resolve in self.resolvers:
            resolve(doc, entities)
        doc._.entities = entities
        return doc


@Language.factory("dateline_entities")
def create(nlp: Language, name: str) -> Entities:
    """Makes the component from the module names in models/config.cfg, section [entities]."""
    settings = Config().from_disk(model_path("config.cfg"))["entities"]
    return Entities(list(settings["finders"]), list(settings["resolvers"]))


def who(name: str) -> list[Answer]:
    """What a name may stand for, best first, with reasons; [] for a name that nothing knows."""
    from pipeline.entities import looking  # asks all gazetteers, which a pipeline with fewer finders need not load

    return looking.who(name)


def _load(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise KnowledgeError(
            f"models/config.cfg names the finder {name!r}, which cannot be loaded: {error}", "correct the name"
        ) from error
