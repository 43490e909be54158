"""One contract for all stores: what goes in comes out once, whole, and follows its page."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.records import Quarantined
from pipeline.stores import Outcome, open_store
from tests import samples
from tests.stores.destinations import Destination, put

REFUSED = Quarantined(source="news/a.html", reason="empty", stage="input", message="is empty")
QUARANTINED = Outcome("news/a.html", "f2", quarantined=REFUSED)


def test_keeps_records_in_the_order_given(destination: Destination) -> None:
    destination.put(samples.outcome("b", "b.html"), samples.outcome("c", "c.html"), samples.outcome("a", "a.html"))
    order = ["b", "c", "a"]
    assert destination.ids() == (sorted(order) if destination.kind == "mariadb" else order)  # InnoDB sorts by key


def test_remembers_pages_between_runs(destination: Destination) -> None:
    destination.put(samples.outcome("a", "a.html", "f1"), QUARANTINED)
    store = open_store(destination.name)
    known, refused, other = store.seen("a.html"), store.seen("news/a.html"), store.seen("b.html")
    together = store.seen_many(["a.html", "b.html", "news/a.html"])
    store.close()
    assert together == {"a.html": known, "news/a.html": refused}
    assert known is not None and (known.fingerprint, known.article_id, known.reason) == ("f1", "a", None)
    assert refused is not None and (refused.fingerprint, refused.article_id, refused.reason) == ("f2", None, "empty")
    assert other is None


def test_a_changed_page_replaces_its_record(destination: Destination, another: Destination) -> None:
    destination.put(samples.outcome("a", "a.html", "f1", entities=4), samples.outcome("b", "b.html"))
    destination.put(samples.outcome("a2", "a.html", "f2", entities=2), samples.outcome("b", "b.html", "f2", entities=4))
    assert sorted(map(str, destination.ids())) == ["a2", "b"]
    another.put(samples.outcome("b", "b.html", "f2", entities=4), samples.outcome("a2", "a.html", "f2", entities=2))
    if destination.in_files:
        assert shown(destination) == shown(another), "nothing is left of what was replaced"
    else:
        assert destination.content() == another.content(), "nothing is left of what was replaced"


def shown(destination: Destination) -> object:
    """The bytes of the files that hold records, without those that only remember pages."""
    content = destination.content()
    assert isinstance(content, dict)
    return {name: data for name, data in content.items() if ".pages." not in name}


def test_the_same_records_are_the_same_bytes(destination: Destination, another: Destination) -> None:
    outcomes = [samples.outcome(f"a{n}", f"{n}.html", entities=2 + n % 3) for n in range(5)] + [QUARANTINED]
    destination.put(*outcomes)
    another.put(*outcomes[:2])
    another.put(*outcomes[2:])
    assert destination.content() == another.content()


def test_several_pages_at_once_are_as_one_by_one(destination: Destination, another: Destination) -> None:
    outcomes = [
        samples.outcome("a", "a.html", "f1", entities=4),
        samples.outcome("b", "b.html"),
        samples.outcome("a", "copy-of-a.html", entities=2),
        samples.outcome("c", "b.html", "f2"),  # b is no longer on its page
        Outcome("news/a.html", "f2", quarantined=REFUSED),
        samples.outcome("d", "news/a.html", "f3"),  # and this one is no longer refused
        Outcome("a.html", "f4", quarantined=REFUSED.model_copy(update={"source": "a.html"})),
    ]
    destination.put(*outcomes)
    store = open_store(another.name)
    store.put_many(outcomes)
    assert store.seen("b.html") == outcomes[3].seen
    store.close()
    assert destination.content() == another.content()
    assert sorted(map(str, another.ids())) == ["a", "c", "d"]


def test_the_same_article_from_two_pages_is_one_record(destination: Destination) -> None:
    destination.put(samples.outcome("a", "a.html"), samples.outcome("a", "copy-of-a.html"))
    assert destination.ids() == ["a"]
    destination.put(samples.outcome("other", "copy-of-a.html", "f2"))  # a.html still holds the article
    assert sorted(map(str, destination.ids())) == ["a", "other"]


def test_a_page_is_a_record_or_in_the_quarantine(destination: Destination) -> None:
    destination.put(samples.outcome("a", "news/a.html"))
    destination.put(QUARANTINED)
    store = open_store(destination.name)
    assert list(store.quarantine()) == [REFUSED]
    store.close()
    assert destination.ids() == []
    destination.put(samples.outcome("a", "news/a.html", "f3"))
    store = open_store(destination.name)
    assert list(store.quarantine()) == []
    store.close()
    assert destination.ids() == ["a"]


def test_a_page_that_gives_nothing_any_more_leaves_the_quarantine(destination: Destination) -> None:
    destination.put(samples.outcome("a", "a.html"), QUARANTINED)
    destination.put(Outcome("news/a.html", "f3"))
    store = open_store(destination.name)
    assert list(store.quarantine()) == []
    store.close()
    assert destination.ids() == ["a"]


def test_a_page_that_was_too_old_is_remembered_and_nothing_else_of_it(destination: Destination) -> None:
    older = Outcome("old.html", "f1", older="2024-06-30")
    destination.put(samples.outcome("a", "a.html"), older)
    store = open_store(destination.name)
    assert store.seen_many(["old.html", "a.html"])["old.html"] == older.seen
    assert list(store.quarantine()) == []
    store.close()
    assert destination.ids() == ["a"]
    destination.put(samples.outcome("b", "old.html", "f1"))
    store = open_store(destination.name)
    seen = store.seen("old.html")
    store.close()
    assert seen is not None and (seen.article_id, seen.older) == ("b", None)
    assert destination.ids() == ["a", "b"]


def test_what_was_taken_out_by_hand_comes_back_with_the_next_run(destination: Destination) -> None:
    outcomes = [samples.outcome("a", "a.html"), samples.outcome("b", "b.html")]
    destination.put(*outcomes)
    destination.take_out("a")
    store = open_store(destination.name)
    assert store.seen("b.html") is not None or not destination.path.exists()
    for outcome in outcomes:
        if store.seen(outcome.source) is None:
            store.put(outcome)
    store.close()
    assert sorted(map(str, destination.ids())) == ["a", "b"]


def test_a_run_without_news_leaves_the_bytes_alone(destination: Destination) -> None:
    def files() -> dict[Path, tuple[bytes, int]]:
        return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in destination.folder.rglob("*") if p.is_file()}

    destination.put(samples.outcome())
    before, held = files(), destination.content()
    destination.put()
    assert (files(), destination.content()) == (before, held)


def test_an_empty_run_leaves_an_empty_store(destination: Destination) -> None:
    destination.put()
    assert destination.ids() == []


def test_kill_9_leaves_whole_records_and_the_next_run_goes_on(destination: Destination) -> None:
    reading, writing = os.pipe()
    child = os.fork()  # a process of its own, without loading the libraries once more
    if child == 0:
        with suppress(BaseException):
            store = open_store(destination.name)
            for n in range(100_000):
                store.put(samples.outcome(f"a{n}", f"{n}.html"))
                os.write(writing, f"{n}\n".encode())
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as reports:
        reported = 0
        while reported < 20:
            reported = int(reports.readline())
        os.kill(child, signal.SIGKILL)
        reported = max([reported, *(int(line) for line in reports.read().split("\n")[:-1])])
    os.waitpid(child, 0)
    store = open_store(destination.name)
    assert store.seen(f"{reported}.html") is not None, "what was reported done is kept"
    store.put(samples.outcome("last", "last.html"))
    store.close()
    found = destination.ids()
    assert len(found) == len(set(found))
    assert set(found) >= {f"a{n}" for n in range(reported + 1)} | {"last"}


def test_two_runs_at_once_take_turns_or_the_second_is_refused(destination: Destination) -> None:
    first = open_store(destination.name)
    if destination.in_files:
        with pytest.raises(StoreError, match="another run"):
            open_store(destination.name)
    else:
        second = open_store(destination.name)
        for n in range(3):
            first.put(samples.outcome(f"a{n}", f"a{n}.html"))
            second.put(samples.outcome(f"b{n}", f"b{n}.html"))
        second.close()
    first.put(samples.outcome("last", "last.html"))
    first.close()
    assert len(destination.ids()) == (1 if destination.in_files else 7)


@pytest.mark.parametrize("name", ["no-such-kind.xyz", "nosuchdb://x/y", "out.csv", "csv:"])
def test_an_unknown_kind_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        open_store(name)


@pytest.mark.parametrize(
    "form",
    [
        *("{}/folder.jsonl", "{}/folder.geojson", "csv:{}/file"),
        *("{}/file/out.jsonl", "{}/file/out.geojson", "csv:{}/file/out"),
        *("sqlite:///{}", "sqlite:///{}/file/out.sqlite"),
    ],
)
def test_what_cannot_be_written_is_one_clear_error(form: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "folder.geojson").mkdir()
    with pytest.raises(StoreError, match=r"cannot|is a f") as error:
        put(form.format(tmp_path))
    assert "\n" not in str(error.value)
