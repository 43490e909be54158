"""The fit of `confidence`: the same data give the same weights, which say how often events are right, in a file we read."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from models.build import calibrate
from models.build.calibrate import Found
from pipeline import event_types
from pipeline.annotations import EventNote
from pipeline.evaluation import Half
from pipeline.events import confidence
from pipeline.records import EventType
from pipeline.resources import model_path


def found(right: int, of: int, kind: str = "visit", half: Half = Half.SEEN, **traits: float) -> list[Found]:
    """Events of one sort, some of them right, from ten articles."""
    return [Found(f"{half}/{n % 10}", kind, traits, n < right, half) for n in range(of)]


DATA = [*found(180, 200, fillers=3.0), *found(60, 100, fillers=1.0), *found(90, 100, "flight", fillers=1.0)]


def test_confidence_is_the_share_that_is_right() -> None:
    model = calibrate.fit(DATA)
    assert model.of(DATA[0]) == pytest.approx(0.9, abs=0.03)
    assert model.of(DATA[200]) == pytest.approx(0.6, abs=0.05)
    assert model.of(DATA[300]) == pytest.approx(0.9, abs=0.03)
    assert "ECE 0.0" in calibrate.figures((model.of(f), f.right) for f in DATA)


def test_the_same_data_give_the_same_weights() -> None:
    assert calibrate.fit(DATA) == calibrate.fit(DATA[::-1])


def test_the_bias_is_that_of_held_out_articles() -> None:
    data = [*found(180, 200, fillers=2.0), *found(60, 100, half=Half.HELDOUT, fillers=2.0)]
    model = calibrate.fit(data)
    assert model.of(data[-1]) == pytest.approx(0.6, abs=0.02)
    assert model.of(data[0]) == pytest.approx(0.9, abs=0.02)
    assert model.of(replace(data[0], half=Half.HELDOUT)) == pytest.approx(0.6, abs=0.02)


def test_a_rare_type_has_no_weight_of_its_own() -> None:
    model = calibrate.fit([*DATA, *found(0, calibrate.LEAST - 1, "order", fillers=1.0)])
    assert "type:flight" in model.weights
    assert "type:order" not in model.weights


def test_cross_validation_leaves_an_articles_events_out() -> None:
    """Every article is right or wrong as a whole: a model that had seen it would know."""
    data = [Found(f"a{n}", "visit", {"x": float(n % 7)}, n % 2 == 0, Half.SEEN) for n in range(40)]
    assert len(calibrate.cross_validated(data)) == len(data)
    own = [Found(f"a{n}", "visit", {f"only{n}": 1.0}, n % 2 == 0, Half.SEEN) for n in range(40)]
    assert all(abs(p - 0.5) < 0.06 for _, p in calibrate.cross_validated(own))


def test_the_file_gives_what_was_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    data = [*found(180, 200, tellings=1.0), *found(60, 100, half=Half.HELDOUT, tellings=0.0)]
    model = calibrate.fit(data)
    written = tomllib.loads(calibrate.toml(model, data, dict.fromkeys(Half, "")))
    monkeypatch.setattr(confidence, "_model", lambda: written)
    event = EventNote(EventType.VISIT, (0, 1), [(0, 1), (2, 3)], "x")
    assert confidence.traits(event)["tellings"] == 1.0
    expected = model.of(Found("new", "visit", {"tellings": 1.0}, True, Half.HELDOUT))
    assert confidence.confidence(event) == pytest.approx(expected, abs=0.006)
    assert sum(weight for _, weight in confidence.parts(event)) == pytest.approx(
        model.bias + model.weights["tellings"] + model.weights["type:visit"]
    )


def test_the_weights_in_use_are_of_traits_and_types_that_there_are() -> None:
    weights = tomllib.loads(model_path(calibrate.TARGET).read_text(encoding="utf-8"))
    assert set(weights["weights"]) <= set(confidence.traits(EventNote(EventType.VISIT, (0, 1), [(0, 1)], "x")))
    assert set(weights["types"]) <= set(event_types.ours())
