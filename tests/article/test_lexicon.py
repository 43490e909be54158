"""The word lists of this stage: what they may hold, and that the quick look for prompts finds them in any case."""

from __future__ import annotations

import re

import pytest

from pipeline.article import extract_article
from pipeline.article.lexicon import words
from pipeline.page import Page
from tests.samples import SENTENCES


@pytest.mark.parametrize("key", ["openings", "prompts"])
def test_what_is_looked_for_in_lower_case_is_written_so(key: str) -> None:
    for pattern in words("boilerplate", "lines", key):
        re.compile(pattern)
        assert not re.search(r"(?<!\\)[A-Z]", pattern), pattern
        assert not pattern.startswith(("^", r"\b")), pattern


@pytest.mark.parametrize(
    "line",
    [
        "BECOME A MEMBER of the Harbour Gazette and read every report from the quay.",
        "If the ferries interest you, SIGN UP for our weekly Newsletter about the harbour towns.",
        "Readers can follow us on Twitter for pictures of the new pier.",
    ],
)
def test_prompts_are_found_in_any_case(line: str) -> None:
    paragraphs = "".join(f"<p>{s}</p>" for s in (*SENTENCES, line, SENTENCES[0].replace("The", "This")))
    html = f"<html><body><article><h1>Ferry calls at the new pier</h1>{paragraphs}</article></body></html>"
    assert line not in extract_article(Page("a.html", html=html.encode())).text


def test_a_script_ends_at_its_end_tag_in_any_case() -> None:
    paragraphs = "".join(f"<p>{s}</p>" for s in SENTENCES)
    script = "<SCRIPT>var a = '<p>hidden words</p>';</Script>"
    html = f"<html><body><h1>İzmir ferry</h1>{script}<article>{paragraphs}</article></body></html>"
    text = extract_article(Page("a.html", html=html.encode())).text
    assert SENTENCES[0] in text
    assert "hidden" not in text
