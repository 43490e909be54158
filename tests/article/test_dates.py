"""Date strings of metadata and by-lines."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.article import dates


@pytest.mark.parametrize(
    ("given", "want"),
    [
        ("2024-07-09T10:41:00+02:00", "2024-07-09T10:41+02:00"),
        ("2024-07-09T10:41:00Z", "2024-07-09T10:41Z"),
        ("2024-07-09T10:41:12.345+0000", "2024-07-09T10:41:12+00:00"),
        ("2024-07-09", "2024-07-09"),
        ("20240709", "2024-07-09"),
        ("9 July 2024 10:41", "2024-07-09T10:41"),
        ("July 9, 2024, 3:05 pm", "2024-07-09T15:05"),
        ("Published 10:41 a.m. EDT July 9, 2024", "2024-07-09T10:41-04:00"),
        ("Tue, 09 Jul 2024 10:41:00 GMT", "2024-07-09T10:41Z"),
        ("09.07.2024, 18:15 Uhr", "2024-07-09T18:15"),
        ("1720521660", "2024-07-09T10:41Z"),
        ("Updated 5:53 PM EST, Mon November 18, 2019", "2019-11-18T17:53-05:00"),
        ("Thursday, May 3rd, 2018 in World", "2018-05-03"),
        ("Freizeit, 20.11.22", "2022-11-20"),
        ("15. Februar 2012", "2012-02-15"),
        ("2024年4月30日 12:40", "2024-04-30T12:40"),
        ("Published: 10:41 GMT, 9 July 2024 | Updated: 12:00 GMT, 9 July 2024", "2024-07-09T10:41Z"),
        ("9 July 2024 10:41 (GMT+7)", "2024-07-09T10:41+07:00"),
        ("Tue Jul  9 10:41:00 UTC 2024", "2024-07-09T10:41Z"),
        ("2024-07-09T10:41+02", "2024-07-09T10:41+02:00"),
        ("20240709104100", "2024-07-09T10:41"),
        ("19.1.23, 10:00-11:30", None),
        ("Current time: 14 October 2020", None),
        ("On 9 July 2024 the council met to talk about the harbour wall and the ferry", None),
        ("2 hours ago", None),
        ("July 2024", None),
        ("2024-02-30", None),
        ("Monday", None),
        ("", None),
        (None, None),
        ("1." * 20_000, None),
    ],
)
def test_normalise(given: str | None, want: str | None) -> None:
    assert dates.normalise(given) == want


@pytest.mark.parametrize(
    ("given", "language", "want"),
    [
        ("9. Juli 2024", "de", "2024-07-09"),
        ("9 juillet 2024 à 10:41", "fr", "2024-07-09T10:41"),
        ("9 de julio de 2024", "es", "2024-07-09"),
        ("9 июля 2024", "ru", "2024-07-09"),
        ("9 lipca 2024", "pl", "2024-07-09"),
        ("Mercredi 11 septembre 2019", "fr", "2019-09-11"),
        ("9 Temmuz 2024, 10:41", "tr", "2024-07-09T10:41"),
        ("16. Jänner 2022", "de", "2022-01-16"),
        ("2024年7月9日 下午3:05", "zh", "2024-07-09T15:05"),
        ("民國113年7月9日", "zh", "2024-07-09"),
        ("令和6年7月9日(火) 10時41分", "ja", "2024-07-09T10:41"),
        ("2024년 7월 9일 오후 3:05", "ko", "2024-07-09T15:05"),
        ("الثلاثاء، ٩ يوليو ٢٠٢٤ 10:41 م", "ar", "2024-07-09T22:41"),
        ("9 تموز 2024", "ar", "2024-07-09"),
        ("9 জুলাই ২০২৪", "bn", "2024-07-09"),
        ("9 กรกฎาคม 2567", "th", "2024-07-09"),
    ],
)
def test_other_languages(given: str, language: str, want: str) -> None:
    assert dates.normalise(given, language) == want


def test_the_order_of_day_and_month_is_the_page_s() -> None:
    assert dates.normalise("03/04/2024", "en", True) == "2024-04-03"
    assert dates.normalise("03/04/2024", "en", False) == "2024-03-04"
    assert dates.normalise("13/04/2024", "en", False) == "2024-04-13"


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("https://a.example/2024/07/09/jet", "2024-07-09"),
        ("https://a.example/world/2024/jul/09/jet", "2024-07-09"),
        ("https://a.example/jet-20240709-p60b.html", "2024-07-09"),
        ("https://a.example/jet-123456", None),
        (None, None),
    ],
)
def test_from_url(url: str | None, want: str | None) -> None:
    assert dates.from_url(url) == want


def test_undated_pages_load_no_two_hundred_languages() -> None:
    """Run apart: other tests load languages of their own."""
    code = (
        "import sys; from pathlib import Path; import pipeline\n"
        "html = '<html><body><p>Ein Rezept vom 2 Mrz. 2014 mit %s</p></body></html>' % ('vielen guten Worten ' * 30)\n"
        "for line in ('<p>Jubiläum 40, 2008</p>', '<p>Montag 18, Darmstadt</p>'):\n"
        "    pipeline.extract(pipeline.Page(source='a', html=html.replace('<p>', line + '<p>', 1).encode()), None, 'article')\n"
        "print(sum(m.startswith('dateparser.data.date_translation_data.') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 5
