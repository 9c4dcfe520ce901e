"""Where a Go program takes the local time: in the zone that TZ names, which who starts the image may set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Collection

    from imgslim.toolchains.golang.scan import Body, Use

#: What gives a time in the local zone (package time).
_TIMES = frozenset({"Now", "Unix", "UnixMilli", "UnixMicro"})
#: Methods whose answer differs from zone to zone.
_ZONED = frozenset(
    """
    AppendFormat Clock Date Day Format GoString Hour ISOWeek Local MarshalJSON MarshalText Month Weekday Year YearDay
    Zone ZoneBounds
    """.split()
)
#: Printed as it is, a time is one of its zone (package fmt, Stringer).
_PRINTING = ("fmt", "log", "log/slog")
_PRINTED = regex(r"\w*rint\w*\((?:[^()\n]|\([^()\n]*\))*?\btime\.(?:Now|Unix\w*)\([^()\n]*\)\s*[,)]")
#: The head of each line says the local time, unless the flags say another one or none (package log, LUTC). A program's
#: last words (Fatal, Panic) do not count: of them every server has some.
_LOGGING = {
    "log": frozenset({"Print", "Printf", "Println", "New", "Default"}),
    "log/slog": frozenset({"Debug", "Default", "Error", "Info", "Log", "New", "NewTextHandler", "Warn", "With"}),
}
#: Modules whose log lines say the local time, by their own sources.
_LOGGERS = frozenset(
    """
    github.com/charmbracelet/log github.com/gin-gonic/gin github.com/go-chi/chi github.com/go-chi/chi/v5
    github.com/gofiber/fiber/v2/middleware/logger github.com/gofiber/fiber/v3/middleware/logger
    github.com/golang/glog github.com/gorilla/handlers github.com/labstack/echo/v4/middleware
    github.com/labstack/gommon/log github.com/rs/zerolog github.com/sirupsen/logrus github.com/urfave/negroni
    go.uber.org/zap k8s.io/klog k8s.io/klog/v2
    """.split()
)
_FLAGS = frozenset({"SetFlags", "New"})


def takes_local_time(body: Body, uses: Collection[Use]) -> str:
    """Say where the file does, "" where it does not.

    Args:
        body: the file.
        uses: all of its uses.
    """
    label = body.file.label
    named = [u for u in uses if u.package == "time"]
    for use in named:
        if use.name == "Local":
            return f"{label}:{use.line} uses time.Local"
    made = [u for u in named if u.name in _TIMES]
    methods = [u for u in uses if not u.package and u.arguments is not None]
    # Each of them may be turned into UTC at once: time.Now().UTC().Format(…).
    turned = sum(u.name == "UTC" for u in methods)
    if len(made) > turned:
        for use in methods:
            if use.name in _ZONED:
                return f"{label}:{use.line} calls {use.name} of a local time"
        if any(u.package in _PRINTING for u in uses) and _PRINTED.search(body.file.text):
            return f"{label}:{made[0].line} prints a local time"
    # Flags that are set may be any; those that stand for UTC, or for no time at all, are plain to see.
    for use in uses:
        name = use.name.removesuffix("Context")
        if name in _LOGGING.get(use.package, ()) and not _without_time(body, uses):
            return f"{label}:{use.line} logs, each line with the local time"
    return ""


def _without_time(body: Body, uses: Collection[Use]) -> bool:
    set_here = any(u.package == "log" and u.name in _FLAGS for u in uses)
    return set_here and ("log.LUTC" in body.file.text or "SetFlags(0)" in body.file.text)


def logs_local_time(package: str) -> bool:
    """Tell whether a fetched package, by its import path, writes the local time beside what it logs."""
    return package in _LOGGERS
