"""By-lines: names of persons, organisations apart."""

from __future__ import annotations

import pytest

from pipeline.article import authors


@pytest.mark.parametrize(
    ("given", "persons", "organisations"),
    [
        ("By Jane Doe", ["Jane Doe"], []),
        ("By Jane Doe and Ali Öz", ["Jane Doe", "Ali Öz"], []),
        ("Jane Doe, Ali Oz & Max van der Berg", ["Jane Doe", "Ali Oz", "Max van der Berg"], []),
        ("Doe, Jane", ["Jane Doe"], []),
        ("Jane Doe, Senior Correspondent", ["Jane Doe"], []),
        ("Jane Doe, Reuters", ["Jane Doe"], ["Reuters"]),
        ("Jane Doe | The Harbour Post", ["Jane Doe"], ["The Harbour Post"]),
        ("Associated Press", [], ["Associated Press"]),
        ("News Desk", [], ["News Desk"]),
        ("Von Lena Maria Groß", ["Lena Maria Groß"], []),
        ("Posted on 9 July 2024 by Jane Doe in World", ["Jane Doe"], []),
        ("Jane Doe | 09.07.2024 - 10:41", ["Jane Doe"], []),
        ("Jane Doe (jane@post.example)", ["Jane Doe"], []),
        ("JANE DOE", ["Jane Doe"], []),
        ("Conor O'Brien", ["Conor O'Brien"], []),
        ("李明", ["李明"], []),
        ("By Jane Doe in Kyiv and Ali Oz in Ankara", ["Jane Doe", "Ali Oz"], []),
        ("By Jane Doe and Ali Oz, Mexico City", ["Jane Doe", "Ali Oz"], []),
        ("Jane Doe, Tokyo", ["Jane Doe"], []),
        ("Reporting by Jane Doe in Kyiv; Editing by Max Roe", ["Jane Doe"], []),
        ("By JANE McDOE Associated Press", ["Jane McDoe"], ["Associated Press"]),
        ("By Jane Doe, Stars and Stripes", ["Jane Doe"], ["Stars and Stripes"]),
        ("Jane Doe Defence and security editor", ["Jane Doe"], []),
        ("By Jane DoeandAli Oz5 min read", ["Jane Doe", "Ali Oz"], []),
        ("By Jane Doe Updated 3 hours ago", ["Jane Doe"], []),
        ("By Staff Sgt. Jane Doe", ["Staff Sgt. Jane Doe"], []),
        ("Автор: Иван Петров и Ольга Сидорова", ["Иван Петров", "Ольга Сидорова"], []),
        ("بقلم أحمد المصري", ["أحمد المصري"], []),
        ("Office for Woods and Forestry", [], ["Office for Woods"]),
        ("Letters to the Editor", [], ["Letters to the Editor"]),
        ("Reply", [], []),
        ("Read more about how we report the news here", [], []),
        ("", [], []),
    ],
)
def test_parse(given: str, persons: list[str], organisations: list[str]) -> None:
    names = authors.parse([given], "The Harbour Post")
    assert (names.persons, names.organisations) == (persons, organisations)


def test_a_name_is_given_once() -> None:
    assert authors.parse(["Jane Doe", "By Jane Doe", "jane doe"]).persons == ["Jane Doe"]


def test_a_nickname_counts_where_the_source_names_the_author() -> None:
    assert authors.parse(["delta201"], named=True).persons == ["delta201"]
    assert authors.parse(["delta201"]).persons == []
