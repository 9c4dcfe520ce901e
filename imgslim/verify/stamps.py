"""Times of files in what a program says: two builds make the same file at different times."""

from __future__ import annotations

from datetime import UTC, datetime

from imgslim.regex import regex

#: A date and a time to the second, as listings of folders have them (lighttpd, "dir-listing"; ls(1), "--time-style").
_STAMP = regex(r"(\d{4})-([A-Z][a-z]{2}|\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})\b")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
#: Zones are apart by so many seconds, or several times as many: that difference is no builds'.
_ZONES = 15 * 60


def at_another_time(old: str, new: str) -> bool:
    """Tell whether two lines differ in nothing but times to the second, and not by what lies between zones.

    ``old`` is what several runs said alike: a time that it holds is not the present one.
    """
    if _STAMP.sub("", old) != _STAMP.sub("", new):
        return False
    pairs = zip(_STAMP.finditer(old), _STAMP.finditer(new), strict=True)
    times = [(_seconds(was.groups()), _seconds(now.groups())) for was, now in pairs if was[0] != now[0]]
    return bool(times) and all(was is not None and now is not None and (was - now) % _ZONES for was, now in times)


def _seconds(parts: tuple[str, ...]) -> int | None:
    """Seconds since 1970 of year, month, day, hour, minute and second; None for what is no time."""
    year, month, *rest = parts
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
        day, hour, minute, second = map(int, rest)
        return int(datetime(int(year), number, day, hour, minute, second, tzinfo=UTC).timestamp())
    except ValueError:
        return None
