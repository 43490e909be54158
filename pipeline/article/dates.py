"""Date strings of pages -> ISO 8601 at the precision and with the zone that they state.

In: a string of a page's metadata or by-line ("2024-07-09T10:41:00+02:00", "9 July 2024 10:41", "9. Juli 2024"). Out:
"2024-07-09", "2024-07-09T10:41", "2024-07-09T10:41+02:00"; None when it holds no complete and possible date. Nothing
is converted: seconds and zone stay as the page gives them; seconds of zero are dropped.

ISO is read here, days in figures and with a month's name in `printed_dates`; what remains (other calendars and scripts) by
dateparser, in the page's language and English only, with all parts required, never relative ("2 hours ago" depends on
the day of the download).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

import dateparser
from dateparser.conf import SettingValidationError

from pipeline.article import printed_dates
from pipeline.article.lexicon import any_of
from pipeline.article.limits import MAX_DATE

_ISO = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<sep>[-/.]?)(?P<m>0[1-9]|1[0-2])(?P=sep)(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:[T\s,-]+(?P<time>(?:[01]\d|2[0-3]):?[0-5]\d(?::?[0-5]\d)?)(?:[.,]\d+)?\s*(?P<zone>Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?(?!\d)",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d)")
# "10:41", "10.41 am", "10h41", "10時41分", "오후 3:05", "10:41 م"
_CLOCK = re.compile(
    r"(?P<before>上午|下午|午前|午後|오전|오후)?\s?(?<!\d)(?P<hour>\d{1,2})(?:[:.h]|\s?[時时点시]\s?)(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"(?!\d|[./-]\d)\s*(?P<after>[ap]\.?m\b\.?|[صم](?!\w))?",
    re.I,
)
_AFTERNOON = frozenset(("下午", "午後", "오후", "م"))
_EPOCH = re.compile(r"\A1\d{9}(?:\d{3})?\Z")
_COMPACT = re.compile(r"\A((?:19|20)\d\d)(\d\d)(\d\d)([01]\d|2[0-3])([0-5]\d)([0-5]\d)?\Z")
# The format of Unix's date: "Tue Jul  9 10:41:00 UTC 2024".
_UNIX = re.compile(r"\A[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]?\d) (\d\d:\d\d:\d\d) ([A-Z]{3,4} )?((?:19|20)\d\d)\Z")
_LABEL = re.compile(
    r"\A[^\d]{0,30}?\b(?:published|posted|updated|modified|created|date|on|first|last|at|am|le|veröffentlicht|stand|publié|publicado|pubblicato)\b[\s:,–-]*",
    re.I,
)
_NAMED_ZONE = {"Z": "Z", "UTC": "Z", "GMT": "Z"}
# RFC 822 (2822) and the common names with one meaning in news; ambiguous ones (IST, CST in China, BST before 1970) stay unread.
_ZONES = {
    "EST": "-05:00",
    "EDT": "-04:00",
    "CST": "-06:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "MSK": "+03:00",
    "KST": "+09:00",
    "JST": "+09:00",
    "BST": "+01:00",
    "AEST": "+10:00",
    "AEDT": "+11:00",
    "SGT": "+08:00",
    "HKT": "+08:00",
}
_ZONE_NAME = re.compile(
    r"(?:\b(?:GMT|UTC)\s?|\s)([+-](?:0\d|1[0-4]):?[0-5]\d)\b|\b(?:GMT|UTC)\s?([+-](?:1[0-4]|0?\d))(?!\d|:)|\b(UTC|GMT|Z|"
    + "|".join(_ZONES)
    + r")\b"
)
# From one hour to another: an appointment.
_SPAN = re.compile(r"\d{1,2}[:.]\d\d\s?(?:uhr|h|[ap]\.?m\.?)?\s?(?:[-–]|bis|to|until)\s?\d{1,2}[:.]\d\d(?!\d|[./]\d)", re.I)
# Characters beside a date in a line that gives a date: "Posted on", a weekday, a section, a name.
_BESIDE = 40
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2]|[1-9](?=/))[/_-]?(0[1-9]|[12]\d|3[01]|[1-9](?=/))(?!\d)")
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)/([a-z]{3})/(0?[1-9]|[12]\d|3[01])/", re.I)


@lru_cache(maxsize=4096)
def normalise(value: str | None, language: str | None = None, day_first: bool | None = None) -> str | None:
    """The ISO form of a date string, or None."""
    if not value:
        return None
    value = printed_dates.western(" ".join(value.replace("\u202f", " ").split()))
    if not value or len(value) > 2 * MAX_DATE:
        return None
    unix, compact = _UNIX.match(value), _COMPACT.match(value)
    if unix:
        value = f"{unix[2]} {unix[1]} {unix[5]} {unix[3]} {unix[4] or ''}".strip()
    elif compact:
        value = f"{compact[1]}-{compact[2]}-{compact[3]}T{compact[4]}:{compact[5]}:{compact[6] or '00'}"
    found = _ISO.search(value)
    if found:
        return _from_iso(found, value[found.end() :])
    if _EPOCH.match(value):
        return datetime.fromtimestamp(int(value[:10]), tz=UTC).strftime("%Y-%m-%dT%H:%MZ")
    return _free_form(value, language, day_first)


def _from_iso(found: re.Match[str], rest: str) -> str | None:
    day = f"{found['y']}-{found['m']}-{found['d']}"
    if _impossible(day):
        return None
    digits = (found["time"] or "").replace(":", "")
    if not digits:
        clock = _clock(rest) if rest else None
        return day + (clock or "")
    clock = f"T{digits[:2]}:{digits[2:4]}" + (f":{digits[4:]}" if len(digits) == 6 and digits[4:] != "00" else "")
    return day + clock + _zone(found["zone"], rest)


def _zone(zone: str | None, rest: str = "") -> str:
    if zone:
        upper = zone.upper()
        return _NAMED_ZONE.get(upper) or (zone if ":" in zone else f"{zone[:3]}:{zone[3:] or '00'}")
    named = _ZONE_NAME.search(rest)
    if not named:
        return ""
    if named[1]:
        return _zone(named[1])
    if named[2]:
        return f"{named[2][0]}{int(named[2][1:]):02d}:00"
    return _NAMED_ZONE.get(named[3]) or _ZONES.get(named[3], "")


def _clock(text: str) -> str | None:
    """The time of day in the rest of a date string, with its zone."""
    found = _CLOCK.search(text)
    if not found:
        return None
    hour, minute = int(found["hour"]), found["minute"]
    half = found["before"] or found["after"]
    if half:
        hour = hour % 12 + (12 if half in _AFTERNOON or half.lower().startswith("p") else 0)
    if hour > 23 or int(minute) > 59:
        return None
    second = f":{found['second']}" if found["second"] and found["second"] != "00" else ""
    return f"T{hour:02d}:{minute}{second}{_zone(None, text[found.end() - 1 :])}"


def _free_form(value: str, language: str | None, day_first: bool | None) -> str | None:
    if _SPAN.search(value) or any_of("boilerplate", "bylines", "now").search(value):
        return None
    printed = printed_dates.find(value, day_first)
    if printed:
        rest = value[: printed.start] + " " + value[printed.end :]
        if len(_CLOCK.sub("", rest).strip()) > _BESIDE and printed_dates.find(rest, day_first) is None:
            return None
        day = printed.day.isoformat()
        # "Published: 10:41, 9 July 2024 | Updated: 12:00, ...": the second hour is another day's.
        after = any_of("boilerplate", "bylines", "modified").split(value[printed.end :], maxsplit=1)[0]
        return None if _impossible(day) else day + (_clock(after) or _clock(value[: printed.start]) or "")
    if not _YEAR.search(value) or language in printed_dates.languages():
        return None
    words = _ZONE_NAME.sub(" ", _CLOCK.sub(" ", _LABEL.sub("", value))).strip(" ,.-:|")
    if not words or len(words) > MAX_DATE:
        return None
    moment = _dateparser(" ".join(words.split()), language, day_first)
    if moment is None:
        return None
    day = moment.strftime("%Y-%m-%d")
    return None if _impossible(day) else day + (_clock(value) or "")


@lru_cache(maxsize=4096)
def _dateparser(words: str, language: str | None, day_first: bool | None) -> datetime | None:
    settings: dict[str, object] = {
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    if day_first is not None:
        settings["DATE_ORDER"] = "DMY" if day_first else "MDY"
    for languages in dict.fromkeys(((language or "en",), ("en",))):
        try:
            moment = dateparser.parse(words, languages=list(languages), settings=settings)
        # What dateparser raises for languages it does not know and for strings that its own regular expressions choke on.
        except (ValueError, OverflowError, TypeError, RecursionError, SettingValidationError):
            continue
        if moment is not None:
            return moment
    return None


def _impossible(day: str) -> bool:
    try:
        year = datetime.fromisoformat(day).year
    except ValueError:
        return True
    return not 1950 <= year <= 2100


def from_url(url: str | None) -> str | None:
    """The date in an address such as /2024/07/09/ or -20240709."""
    if not url:
        return None
    found = _URL_DATE.search(url[:500])
    if found:
        day = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
        return None if _impossible(day) else day
    named = _URL_MONTH.search(url[:500])
    return normalise(f"{named[3]} {named[2]} {named[1]}") if named else None
