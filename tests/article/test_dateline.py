"""Datelines: where a report was filed, by which agency, on which day."""

from __future__ import annotations

import pytest

from pipeline.article import dateline

REST = "The freighter landed before dawn."


@pytest.mark.parametrize(
    ("opening", "place", "agency", "day"),
    [
        ("ISTANBUL, March 3 (Reuters) - ", "ISTANBUL", "Reuters", "March 3"),
        ("WASHINGTON (AP) — ", "WASHINGTON", "AP", None),
        ("VESTERHOLM, Alder (AP) — ", "VESTERHOLM, Alder", "AP", None),
        ("VESTERHOLM -- ", "VESTERHOLM", None, None),
        ("Pyongyang, March 5 (KCNA) -- ", "Pyongyang", "KCNA", "March 5"),
        ("MOSCOW, March 5. /TASS/. ", "MOSCOW", "TASS", "March 5"),
        ("MOSCOW. March 5 (Interfax) - ", "MOSCOW", "Interfax", "March 5"),
        ("MOSCOW, March 5 – RIA Novosti. ", "MOSCOW", "RIA Novosti", "March 5"),
        ("New Delhi, Mar 5 (PTI) ", "New Delhi", "PTI", "Mar 5"),
        ("NEW DELHI: ", "NEW DELHI", None, None),
        ("KUALA LUMPUR, 5 March 2024 — ", "KUALA LUMPUR", None, "5 March 2024"),
        ("BEIJING, March 5 (Xinhua) -- ", "BEIJING", "Xinhua", "March 5"),
        ("March 5 (UPI) -- ", None, "UPI", "March 5"),
        ("(CNN) — ", None, "CNN", None),
        ("AUSTIN (KXAN) — ", "AUSTIN", None, None),
        ("SIOUX FALLS, S.D. – ", "SIOUX FALLS, S.D.", None, None),
        ("JOINT BASE MCGUIRE-DIX-LAKEHURST, N.J. -- ", "JOINT BASE MCGUIRE-DIX-LAKEHURST, N.J.", None, None),
        ("ABUJA - ", "ABUJA", None, None),
        ("WATCH - ", None, None, None),
        ("WARNING GRAPHIC DETAIL: ", None, None, None),
        ("UPDATE: ", None, None, None),
        ("Paris - the city of light - ", None, None, None),
        ("NATO: ", None, None, None),
        ("A: ", None, None, None),
        ("PARIS. ", None, None, None),
        ("Torsby lies in a valley, and ", None, None, None),
    ],
)
def test_read(opening: str, place: str | None, agency: str | None, day: str | None) -> None:
    assert dateline.read(opening + REST) == dateline.Dateline(place, agency, day)
