"""Builds the spaCy pipeline from models/config.cfg; the only place that registers our components.

In: an Article. Out: a spaCy Doc with entities, times and events on it (`pipeline.annotations`). Raises KnowledgeError for a
model that is not installed and PageError for a text beyond the limits.
"""

from __future__ import annotations

import re
import tomllib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy
import spacy
from confection import Config
from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline import annotations as notes
from pipeline.errors import KnowledgeError, PageError, Reason, Stage
from pipeline.records import Article
from pipeline.resources import model_path

UNTIL = ("article", "times", "events")
_FACTORIES = {
    "dateline_times": "pipeline.times",
    "dateline_entities": "pipeline.entities",
    "dateline_events": "pipeline.events",
    "dateline_retagging": "pipeline.retagging",
}
_LEMMAS = 20_000
"""Lemmas that spaCy's lemmatizer may remember, some 4 MB; by itself it would keep every word it met."""
# What the `times` stage needs of spaCy: only tokens.
_STATISTICAL = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner")


@cache
def config() -> dict[str, Any]:
    """The settings of models/config.cfg."""
    return dict(Config().from_disk(model_path("config.cfg")))


# "ANKARA, July 12 (Agency) - ", "PHILIPPINE SEA – ": where a report was filed is no part of its first sentence.
_DATELINE = re.compile(
    r"[A-Z][A-Z'’.]{2,}(?:[ /-][A-Z'’.]+){0,3}(?:, [^()—–:]{2,40}?)?(?: \([^()]{2,40}\))? ?(?:-{1,2}|–|—|:(?= [A-Z])) ?(?=\S)"
    # "Brussels, Apr. 11, (dpa) –", "Riga, 3 May /LETA/": with a day, in small letters too
    r"|[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,2}(?:, [A-Z][\w'’. -]{2,30}?)?,? "
    r"\(?(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8})(?:, \d{4})?\)?[,.]? ?"
    r"(?:(?:\([^()]{2,40}\)|/[^/]{2,30}/) ?(?:-{1,2}|–|—|\.)?|(?:-{1,2}|–|—)) ?(?=\S)"
)
_DAY = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8})(?:,? \d{4})?"
_CLOCK = r"\d{1,2}[:.]?\d{2}(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?"
# "April 25 - ", "Monday, 3 May: ", "26 December 2024. ", "10:42 GMT — ": the entries of timelines and live blogs.
_LABEL = re.compile(rf"(?:(?:[A-Z][a-z]{{2,6}}day,? )?{_DAY}(?:,? {_CLOCK})?|{_CLOCK}) ?(?:-{{1,2}}|–|—|:|\.) (?=[A-Z\"“'‘])")


@Language.component("dateline_blocks")
def blocks(doc: Doc) -> Doc:
    """Starts a sentence at each block of the article and behind its dateline or day: nothing runs into the text below it."""
    article = notes.article(doc)
    if article is None:
        return doc
    starts = {b.start for b in article.blocks}
    starts |= {b.start + length for b in article.blocks if (length := _label(article.text[b.start : b.start + 120]))}
    # All at once: each assignment to `Token.is_sent_start` asks the whole Doc for a parse.
    begins = numpy.zeros(len(doc), dtype="int64")
    for token in doc:
        _read_as_known(token)
        if token.i and (token.idx in starts or _begins_after_abbreviation(token)):
            begins[token.i] = 1
        elif token.i and _runs_on(token.nbor(-1)):
            begins[token.i] = -1
    doc.from_array(["SENT_START"], cast(Any, begins.astype("uint64").reshape(-1, 1)))
    return doc


def _label(text: str) -> int:
    """How long the dateline or the day is that a block begins with; 0 without one."""
    found = _DATELINE.match(text) or _LABEL.match(text)
    return found.end() if found is not None else 0


# "C-17", "Tu-160s", "A330", "KC-135R"; a flight number ("QR6421") is the machine that flies it.
_DESIGNATOR = re.compile(r"(?:[A-Z][A-Za-z]{0,3}-\d{1,4}|[A-Z]{1,3}\d{3,4})[A-Z]{0,3}(s?)")

# What stays one token: a designator, and what the hyphen rules of the tokenizer would take apart.
_WHOLE = re.compile(rf"{_DESIGNATOR.pattern}|[Ee]n-[Rr]oute|[Rr]e-(?P<again>[a-z]{{3,}})")


def _read_as_known(token: Token) -> None:
    """Lets the model read an aircraft designator as "plane", "en-route" as "inbound", and "re-opened" as "reopened".

    It knows few of them, takes "C-17 carrying" for one noun, or "touched down" behind it for a participle. Changes the
    vocabulary's entry, not the text.
    """
    designator = _DESIGNATOR.fullmatch(token.text)
    if designator is not None:
        known = "planes" if designator[1] else "plane"
    elif (whole := _WHOLE.fullmatch(token.text)) is not None:
        known = "inbound" if whole["again"] is None else f"re{whole['again']}"
        if token.vocab.vectors.key2row.get(token.vocab[known].orth) is None:
            known = whole["again"] or known
    else:
        return
    vocab = token.doc.vocab
    lexeme, model = vocab[token.orth], vocab[known]
    lexeme.norm, lexeme.prefix, lexeme.suffix, lexeme.shape = model.norm, model.prefix, model.suffix, model.shape
    rows = vocab.vectors.key2row
    row = rows.get(model.orth)
    if row is not None and rows.get(token.orth) != row:
        vocab.vectors.add(token.orth, row=row)


def _runs_on(before: Token) -> bool:
    """A word or a comma closes no sentence; the parser now and then cuts "Moscow | flew two" and "A | Qatar Airways …"."""
    return before.text == "," or (before.text[-1].isalnum() and not before.is_space)


def _begins_after_abbreviation(token: Token) -> bool:
    """ "… at 11 a.m. After an hour": the full stop of an abbreviation that ends a sentence, as a small word is capitalised."""
    before = token.nbor(-1).text
    return len(before) > 3 and before[-1] == "." and "." in before[:-1] and token.is_title and token.is_stop


def load(
    model: str | None = None,
    until: str = "events",
    gazetteers: Sequence[str | Path] = (),
    frames: Sequence[str | Path] = (),
) -> Language:
    """The language pipeline, ready for `analyse`.

    Args:
        model: a spaCy model by package name or path; the configured one when None.
        until: the last stage that will be asked for, one of UNTIL; components of later stages are not loaded.
        gazetteers: CSV files of a user's own names, which go before all others.
        frames: folders of a user's own frame files.
    """
    settings = config()
    name = model or settings["model"]["name"]
    exclude = list(settings["model"]["exclude"])
    if until != "events":
        exclude += _STATISTICAL
    nlp = _load_model(name, exclude)
    cast(Any, nlp.tokenizer).token_match = _WHOLE.fullmatch
    _keep_abbreviations(nlp)
    nlp.max_length = settings["limits"]["max_characters"] + 1
    for component in nlp.pipe_names:
        _use_numpy_kernels(nlp.get_pipe(component))
    if nlp.has_pipe("lemmatizer"):
        _teach_lemmas(nlp.get_pipe("lemmatizer"))
    nlp.add_pipe("dateline_blocks", first=True)
    if until == "events":
        import_module(_FACTORIES["dateline_retagging"])
        nlp.add_pipe("dateline_retagging", after="parser")
        nlp.add_pipe("dateline_participles", after="dateline_retagging")
        nlp.add_pipe("dateline_place_lists", after="dateline_participles")
        nlp.add_pipe("dateline_appositions", after="ner")
        nlp.add_pipe("dateline_office_holders", after="ner")
        nlp.add_pipe("dateline_reports", after="ner")
        nlp.add_pipe("dateline_second_subjects", after="ner")
    stages = UNTIL[1 : UNTIL.index(until) + 1]
    for stage in stages:
        for component in settings["stages"][stage]:
            import_module(_FACTORIES.get(component, component))
            nlp.add_pipe(component, config={"frames": [str(f) for f in frames]} if component == "dateline_events" else {})
    if until == "events":
        for path in gazetteers:
            # The component as it is, not spaCy's view of it.
            cast(Any, nlp.get_pipe("dateline_entities")).add_names(Path(path))
    return nlp


def _load_model(name: str, exclude: list[str]) -> Language:
    try:
        with warnings.catch_warnings():
            # W095: the model was trained with spaCy 3.7; it loads and runs unchanged under 3.8.
            warnings.filterwarnings("ignore", message=r"\[W095\]")
            try:
                package = import_module(name)
            except ImportError:
                return spacy.load(name, exclude=exclude)
            loaded: Language = package.load(exclude=exclude)
            return loaded
    except (OSError, AttributeError) as error:
        raise KnowledgeError(
            f"spaCy model {name!r} cannot be loaded: {error}".splitlines()[0], "install it, or name another with --model"
        ) from error


def _keep_abbreviations(nlp: Language) -> None:
    """ "Cmdr. Ana Silva", "Lt. Col.": titles and ranks of models/lexicons/people.toml keep their full stop, as in the texts that
    the model was trained on; cut off, it ends the sentence, or the rank becomes the subject beside the name."""
    people = tomllib.loads(model_path("lexicons/people.toml").read_text(encoding="utf-8"))
    lists = (people["ranks"]["words"], *people["titles"].values(), *people["roles"].values())
    written = [word for words in lists for word in words]
    for word in (w for w in written if w.endswith(".") and len(w) > len("xx")):
        for form in (word.capitalize(), word.upper()):
            cast(Any, nlp.tokenizer).add_special_case(form, [{"ORTH": form}])


def _teach_lemmas(lemmatizer: Any) -> None:
    """Adds the forms of models/lexicons/lemmas.toml to those that spaCy's rules do not apply to."""
    taught = tomllib.loads(model_path("lexicons/lemmas.toml").read_text(encoding="utf-8"))
    known, index = (lemmatizer.lookups.get_table(name) for name in ("lemma_exc", "lemma_index"))
    for pos in ("verb", "noun"):
        for lemma, forms in taught[pos].items():
            known[pos].update({form: [lemma] for form in forms})
    for verb in taught["again"]:
        # "re-opened" is "reopened"
        known["verb"].update({f"re-{form}": [f"re{verb}"] for form in _forms(verb)})
        known["noun"].update({f"re-{form}": [f"re{verb}"] for form in (verb, f"{verb}s", f"{verb}es")})
    index["verb"] = [verb for verb in index["verb"] if verb not in taught["rare"]]


def _forms(verb: str) -> list[str]:
    """The forms of a regular verb."""
    if verb[-1] == "y" and verb[-2] not in "aeiou":
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    stem = verb.removesuffix("e")
    return [verb, f"{verb}s", f"{verb}es", f"{stem}ed", f"{stem}ing"]


def _use_numpy_kernels(component: Any) -> None:
    """Lets a component multiply matrices with numpy's OpenBLAS instead of blis: the same output in half the time."""
    model = getattr(component, "model", None)
    if model is None or not hasattr(model, "walk"):
        return
    for node in model.walk():
        if hasattr(node.ops, "use_blis"):
            node.ops.use_blis = False


@contextmanager
def forgetting(nlp: Language) -> Iterator[None]:
    """What the pipeline learns of words within is forgotten at the end, so that memory does not grow with the texts it reads.

    No Doc that was made within may be used after it.
    """
    with nlp.memory_zone():
        yield
    if nlp.has_pipe("lemmatizer"):
        remembered = cast(Any, nlp.get_pipe("lemmatizer")).cache
        if len(remembered) > _LEMMAS:
            remembered.clear()


def analyse(nlp: Language, article: Article) -> Doc:
    """Runs the pipeline over one article's text.

    Raises PageError (too_long) above the configured number of characters.
    """
    limit = config()["limits"]["max_characters"]
    if len(article.text) > limit:
        raise PageError(
            Reason.TOO_LONG,
            f"the text has {len(article.text):,} characters, the limit is {limit:,}",
            Stage.LANGUAGE,
            "split it, or raise limits.max_characters in models/config.cfg",
        )
    doc = nlp.make_doc(article.text)
    doc._.article = article
    return nlp(doc)
