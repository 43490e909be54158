"""Fits the weights of `confidence` (models/calibration/events.toml): `python -m models.build.calibrate`, or `make calibrate`.

In: pages and their gold. The corpus's own, and with --articles PAGES --gold FOLDER (repeatable, in pairs) those of other
folders; gold records, or files in the guide's JSON, whose text is taken from the pages. Out: the TOML file, and on standard
output how well it holds, by cross-validation over articles.

Rules are written from the articles that are not held out, so more is right there than a user will see. A bias of its own takes
that up while the weights are fitted on all articles; the file has the bias of the held-out ones.

The model is a logistic regression over `pipeline.events.confidence.traits` and the event's type: whether an event that was found
is one that the gold has. Ridge penalty RIDGE on all weights but the bias, Newton's method; nothing in it is random, so the same
data give the same file. Types with fewer than LEAST events get no weight of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

import pipeline
from pipeline import correction, event_types
from pipeline.article import extract_article
from pipeline.assemble import assemble, in_text_order
from pipeline.evaluation import NOTES, Gold, Half, judged, load_gold, stem_of
from pipeline.events.confidence import SUREST, traits
from pipeline.inputs import pages
from pipeline.language import analyse
from pipeline.page import Page
from pipeline.records import Record
from pipeline.resources import model_path

TARGET = "calibration/events.toml"
RIDGE = 2.0
"""Chosen by cross-validated log loss among 0.5, 1, 2, 4, 8."""
LEAST = 8
FOLDS = 5
BINS = 10
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """One event that was found: in which article, its type and traits, and whether the gold has it."""

    article: str
    type: str
    traits: dict[str, float]
    right: bool
    half: Half


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by name; a trait "type:…" is a type's own weight."""

    bias: float
    weights: dict[str, float]
    seen: float = 0.0
    """What articles that rules were written from have in addition; not in the file."""

    def of(self, found: Found) -> float:
        """The confidence of an event, as `pipeline.events.confidence` computes it; in a seen article with what that adds."""
        x = self.bias + self.weights.get(f"type:{found.type}", 0.0) + (self.seen if found.half is Half.SEEN else 0.0)
        x += sum(self.weights.get(name, 0.0) * value for name, value in found.traits.items())
        return min(SUREST, float(1 / (1 + np.exp(-x))))


def collect(articles: Path, gold: Path, nlp: Language) -> list[Found]:
    """All events found on pages that the gold knows."""
    known = [p for p in pages([str(articles)]) if isinstance(p, Page)]
    if not known:
        raise SystemExit(f"{articles} holds no pages")
    read = {stem_of(p.source): _read(p, nlp) for p in known}
    found: list[Found] = []
    for one in _gold(gold, {stem: record for stem, (record, _) in read.items()}):
        if one.stem not in read:
            continue
        record, values = read[one.stem]
        for event, right in judged(one, record).items():
            kind = next(str(e.type) for e in record.events if e.id == event)
            found.append(Found(f"{gold}/{one.stem}", kind, values[event], right, one.half))
    return found


def _read(page: Page, nlp: Language) -> tuple[Record, dict[str, dict[str, float]]]:
    """A page's record, and the traits of its events by id."""
    article = extract_article(page)
    doc = analyse(nlp, article)
    record = assemble(article, doc)
    _, _, notes = in_text_order(doc)
    return record, {event.id: traits(note) for event, note in zip(record.events, notes, strict=True)}


def _gold(folder: Path, records: dict[str, Record]) -> list[Gold]:
    """Gold records; or files in the guide's JSON, read over the text that our pages gave."""
    files = sorted(p for p in folder.glob("*.json") if not p.name.endswith((NOTES, ".article.json")))
    if not files:
        raise SystemExit(f"{folder} holds no gold")
    if "schema_version" in json.loads(files[0].read_text(encoding="utf-8")):
        return load_gold(folder)
    with tempfile.TemporaryDirectory() as made:
        for path in files:
            if path.stem in records:
                (Path(made) / path.name).write_bytes(path.read_bytes())
                text = records[path.stem].article.text
                (Path(made) / f"{path.stem}.txt").write_text(text, encoding="utf-8", newline="")
        golds, problems = correction.read(Path(made), event_types.load())
        for problem in problems:
            print(f"left out: {problem}", file=sys.stderr)
        return golds


def fit(found: Sequence[Found]) -> Model:
    """The weights that make what was found most likely."""
    types = [kind for kind, n in sorted(Counter(f.type for f in found).items()) if n >= LEAST]
    names = sorted({name for f in found for name in f.traits})
    columns = [*names, *(f"type:{kind}" for kind in types)]
    both = {f.half for f in found} == set(Half)
    x = np.array(
        [
            [
                1.0,
                float(both and f.half is Half.SEEN),
                *(f.traits.get(n, 0.0) for n in names),
                *(float(f.type == t) for t in types),
            ]
            for f in found
        ]
    )
    y = np.array([float(f.right) for f in found])
    rounded = [round(float(w), 3) + 0.0 for w in _newton(x, y)]
    return Model(rounded[0], dict(zip(columns, rounded[2:], strict=True)), rounded[1])


def _newton(x: Array, y: Array) -> Array:
    """Ridge-penalised maximum likelihood; the biases, columns 0 and 1, are not penalised."""
    penalty = np.full(x.shape[1], RIDGE)
    penalty[:2] = 1e-6
    weights = np.zeros(x.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-(x @ weights)))
        gradient = x.T @ (y - p) - penalty * weights
        hessian = (x.T * (p * (1 - p))) @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return weights


def cross_validated(found: Sequence[Found]) -> list[tuple[Found, float]]:
    """Each event's confidence from a model that has not seen its article."""
    articles = sorted({f.article for f in found})
    out: list[tuple[Found, float]] = []
    for fold in range(FOLDS):
        held = set(articles[fold::FOLDS])
        model = fit([f for f in found if f.article not in held])
        out += [(f, model.of(f)) for f in found if f.article in held]
    return out


def figures(pairs: Iterable[tuple[float, bool]]) -> str:
    """Expected calibration error over BINS equal bins, Brier score and log loss, in one line."""
    rows = [(min(max(p, 1e-6), 1 - 1e-6), float(ok)) for p, ok in pairs]
    if not rows:
        return "nothing to measure on"
    p, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    bins = np.minimum((p * BINS + 1e-9).astype(int), BINS - 1)
    error = sum(abs(float(p[bins == k].sum() - y[bins == k].sum())) for k in range(BINS)) / len(rows)
    loss = float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())
    return f"ECE {error:.3f}  Brier {((p - y) ** 2).mean():.3f}  log loss {loss:.3f}  (n {len(rows)}, right {y.mean():.2f})"


def toml(model: Model, found: Sequence[Found], told: Mapping[Half, str]) -> str:
    """The file of weights."""
    articles = {half: len({f.article for f in found if f.half is half}) for half in Half}
    lines = [
        "# Weights of the logistic model behind `confidence` (pipeline/events/confidence.py), fitted by `make calibrate`",
        f"# (models/build/calibrate.py) on {len(found)} events found in annotated articles: {articles[Half.HELDOUT]} held out,",
        f"# {articles[Half.SEEN]} that rules were written from. The bias is that of the held-out ones;",
        f"# the others had {model.seen:+.3f}.",
        "# Cross-validated over articles:",
        *(f"#   {half}: {told[half]}" for half in Half),
        f"bias = {model.bias}",
        "",
        "[weights]",
        *(f"{name} = {w}" for name, w in model.weights.items() if not name.startswith("type:")),
        "",
        "[types]",
        *(f"{name.removeprefix('type:')} = {w}" for name, w in model.weights.items() if name.startswith("type:")),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Fits, says how well it holds, and writes the file."""
    parser = argparse.ArgumentParser(prog="calibrate", description="Fit the weights of `confidence` on annotated articles.")
    parser.add_argument("--articles", action="append", default=[], type=Path, metavar="PAGES", help="other pages; with --gold")
    parser.add_argument("--gold", action="append", default=[], type=Path, metavar="FOLDER", help="their gold, in the same order")
    parser.add_argument("--without-corpus", action="store_true", help="fit on the other folders alone")
    parser.add_argument("--check", action="store_true", help="only say how well it holds; write nothing")
    options = parser.parse_args(arguments)
    if len(options.articles) != len(options.gold):
        parser.error("--articles and --gold go in pairs")
    pairs = [] if options.without_corpus else [(Path("corpus/articles"), Path("corpus/gold"))]
    pairs += zip(options.articles, options.gold, strict=True)
    if not pairs:
        parser.error("nothing to fit on: name --articles and --gold")
    nlp = pipeline.load()
    found = [f for articles, gold in pairs for f in collect(articles, gold, nlp)]
    checked = cross_validated(found)
    told = {half: figures((p, f.right) for f, p in checked if f.half is half) for half in Half}
    print(f"held-out articles  {told[Half.HELDOUT]}")
    print(f"the others         {told[Half.SEEN]}")
    if not options.check:
        path = model_path(TARGET)
        path.write_text(toml(fit(found), found, told), encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
