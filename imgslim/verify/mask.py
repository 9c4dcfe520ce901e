"""Learn what varies by itself between runs of the original, and compare a text with that knowledge.

A program prints times, process ids, host names, ports. Runs of the original show which words vary; those words are
masked, everything else must be equal. A masked word still has to be of the same kind: a number stays a number.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.verify.stamps import at_another_time

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A word holds together what times, addresses, versions and durations are written with; all else stands alone.
_TOKEN = regex(r"[\w.:+\-]+|\s+|.", re.DOTALL)
#: The parts of a word that vary from run to run in lines which are otherwise the same.
_VARYING = regex(r"\d+|\b[0-9a-f]{8,}\b")
#: A process or thread by its number, as nginx (ngx_log.c, "%P#%P: "), syslog(3), Apache (ErrorLogFormat) and Redis
#: (server.c, "pid:role"; aof.c, "temp-rewriteaof-bg-%d.aof"), Gunicorn (glogging.py, "[%(process)d] [%(levelname)s]"),
#: Puma ("[1] - Worker 0 (PID: 9)"), Uvicorn ("server process [1]"), Spring Boot (defaults.xml, "%5p ${PID} ---"),
#: Tomcat (AbstractEndpoint.java, "-exec-") and Jetty (QueuedThreadPool.java, "qtp" and the pool's hash) write it: which
#: of its workers a server has do something, and which number a new one gets, is chance, and a few runs may all have had
#: the same.
_PROCESS = regex(
    r"\b\d+#\d+:|(?<=[\w/-])\[\d+\]:|\b(?:[pt]id|PID)(?:[ =:]|: )\d+|^\d+:[XCSM](?= \d\d )"
    r"|\btemp-[a-z-]*\d+\.(?:aof|rdb)\b|\bqtp\d+-\d+\b|\[\d+\](?= \[[A-Z]+\] )|^\[\d+\](?= - )|(?<=\bprocess )\[\d+\]"
    r"|(?<=[A-Z] )\d+(?= --- \[)|(?<=-exec-)\d+\b",
    re.MULTILINE,
)
#: The same number again at the end of such a line: Gunicorn's, which says where it listens (arbiter.py, "at: %s (%s)").
_SAME_PROCESS = regex(r"(\[(\d+)\] \[[A-Z]+\] [^\n]*\()\2(?=\)$)", re.MULTILINE)
#: A Java object by its class and identity (Object.toString, Java SE API), the class of a lambda, and a connector of
#: Jetty by its name and identity (AbstractConnector.toString, ``name@hash{protocol``):
#: the number follows from all that a thread has done, the machine's own part included, which varies with its make.
_OBJECT = regex(
    r"(?P<name>\b[A-Z][\w$]*|\[[BCDFIJSZ]|\w;|\b[\w-]+(?=@\w+\{[A-Z]))(?:/(?:0x)?[0-9a-f]{8,16})?"
    r"@(?=[a-f]*\d)[0-9a-f]{5,8}\b(?![.@-]?\w)"
)
#: A line of measured values (Prometheus, "Text-based format"), and a number in it or in another text.
_METRIC = regex(r"[A-Za-z_:][\w:]*(?:\{.*\})? [\d.eE+-]+")
_NUMBER = regex(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
#: A value stands among measured ones where so many lines like its own vary by themselves, and it is nearly the same.
_ALIKE, _NEAR = 3, 0.05
#: Seconds that an answer took, to the tenth of a millisecond behind its status and length (Rack::CommonLogger, FORMAT):
#: so coarse that a few runs may all have taken the same. As coarse: the whole seconds in which uWSGI loaded a program
#: (plugins/python, "ready in %d seconds on interpreter"), and the milliseconds in which Spring made a servlet ready
#: (FrameworkServlet.java, "Completed initialization in").
_TAKEN = regex(
    r"(?P<answer>\" [1-5]\d\d (?:\d+|-) )\d+\.\d{4}(?=[ \t\r]*$)|(?P<loaded>\bready in )\d+(?= seconds on interp)"
    r"|(?P<servlet>\bCompleted initialization in )\d+(?= ms[ \t\r]*$)",
    re.MULTILINE,
)
#: That a Java machine maps its own classes from an archive, as it says with its version (java command, "-Xshare:auto"):
#: it starts sooner, and does the same without.
_SHARING = regex(r"(?<= mode)(?P<mode>, emulated-client)?, sharing(?=\)$)", re.MULTILINE)
#: That there is a newer npm, which it asks the registry once in a while (npm/cli, lib/cli/update-notifier.js).
_NEWER_NPM = regex(
    r"^npm notice ?\nnpm notice New [a-z]+ version of npm available![^\n]*\n"
    r"(?:npm notice (?:Changelog|To update run): [^\n]*\n)*npm notice ?(?:\n|\Z)",
    re.MULTILINE,
)
#: An answer in an access log (Common Log Format): who asked for what, and the status.
_ANSWERED = regex(r"\"[A-Z]+ \S+ HTTP/[\d.]+\" [1-5]\d\d\b")
#: Longest part of a text shown to people.
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Sample:
    """One text that a program gave."""

    text: str
    #: True where the program was still running when we stopped reading: how often it repeats itself is chance.
    is_running: bool = False
    #: True where it was still writing: where its text ends is chance.
    is_flowing: bool = False


def difference(originals: Sequence[Sample], new: Sample) -> str:
    """Say how ``new`` differs from the original's texts beyond what they vary by themselves; "" where it does not."""
    texts = [_lines(sample) for sample in originals]
    lines = _lines(new)
    if lines in texts:
        return ""
    if new.is_running and any(sample.is_running for sample in originals):
        texts, lines = [_without_repetition(text) for text in texts], _without_repetition(lines)
        shortest = min(len(text) for text in texts)
        if any(sample.is_flowing for sample in originals):
            # As far as all of the runs got.
            texts, lines = [text[:shortest] for text in texts], lines[:shortest]
        if new.is_flowing and lines:
            texts = [text[: len(lines)] for text in texts]
    if lines in texts:
        return ""
    if _vary_in_order_only(texts):
        return _as_multisets(texts, lines)
    if len({len(text) for text in texts}) == 1:
        return _line_by_line(texts, lines)
    return _as_sets(texts, lines)


def same_lines(one: Sample, other: Sample) -> bool:
    """Tell whether two texts hold the same lines, in whatever order."""
    return Counter(_lines(one)) == Counter(_lines(other))


def _lines(sample: Sample) -> list[str]:
    """The lines of a text; blanks at a line's end, empty lines at the text's end, a line cut in two don't count."""
    text = _SAME_PROCESS.sub(r"\g<1>0", sample.text)
    text = _PROCESS.sub(lambda found: re.sub(r"\d+", "0", found[0]), text)
    text = _TAKEN.sub(lambda found: f"{found[found.lastgroup or 0]}0", _OBJECT.sub(r"\g<name>@0", text))
    text = _NEWER_NPM.sub("", _SHARING.sub(lambda found: found["mode"] or "", text))
    lines = [line.rstrip() for line in text.split("\n")]
    if sample.is_flowing:
        del lines[-1]
    while lines and not lines[-1]:
        del lines[-1]
    return _by_answer(lines)


def _by_answer(lines: list[str]) -> list[str]:
    """Put an access log's lines that follow one another into one order.

    Many servers write them when the answer is sent, each thread by itself (Rack::CommonLogger, "BodyProxy"): which of
    two is first is chance, even where the second question was asked after the first answer.
    """
    ordered: list[str] = []
    for is_answer, some in groupby(lines, lambda line: _ANSWERED.search(line) is not None):
        following = list(some)
        ordered += sorted(following, key=lambda line: _ANSWERED.findall(line)[0]) if is_answer else following
    return ordered


def _without_repetition(lines: list[str]) -> list[str]:
    """The lines whose like (numbers aside) has not come before."""
    first: dict[str, str] = {}
    for line in lines:
        first.setdefault(_skeleton(line), line)
    return list(first.values())


def _vary_in_order_only(texts: Sequence[list[str]]) -> bool:
    """Tell whether the original's runs hold the same lines (numbers aside), in different orders."""
    skeletons = [[_skeleton(line) for line in text] for text in texts]
    return any(one != skeletons[0] for one in skeletons) and all(
        Counter(one) == Counter(skeletons[0]) for one in skeletons
    )


def _as_multisets(texts: Sequence[list[str]], lines: list[str]) -> str:
    """Compare without order: threads and maps print in any."""
    exact = all(Counter(text) == Counter(texts[0]) for text in texts)
    key = str if exact else _skeleton
    want, have = Counter(map(key, texts[0])), Counter(map(key, lines))
    for line in want - have:
        return f"lacks the line {_short(line)}"
    for line in have - want:
        return f"has the additional line {_short(line)}"
    return ""


def _as_sets(texts: Sequence[list[str]], lines: list[str]) -> str:
    """Compare where even the number of lines varies: what all runs print must be there, and nothing unlike any run."""
    kinds = [{_skeleton(line) for line in text} for text in texts]
    have = {_skeleton(line) for line in lines}
    for line in texts[0]:
        if all(_skeleton(line) in kind for kind in kinds) and _skeleton(line) not in have:
            return f"lacks the line {_short(line)}"
    known = set[str]().union(*kinds)
    # Lines that only one of the runs has are of a kind that others of which we can't foresee.
    if all(kind == kinds[0] for kind in kinds):
        for line in lines:
            if _skeleton(line) not in known:
                return f"has the additional line {_short(line)}"
    return ""


def _line_by_line(texts: Sequence[list[str]], lines: list[str]) -> str:
    """Compare position by position, each line under its own mask."""
    drawn: set[str] | None = None
    for at, (new, *old) in enumerate(zip_longest(lines, *texts)):
        if new is None:
            return f"lacks line {at + 1}: {_short(old[0])}"
        if old[0] is None:
            return f"has the additional line {at + 1}: {_short(new)}"
        if _fits(old, new):
            continue
        if drawn is None:  # it takes all lines: once is enough
            drawn = _varying_words(texts)
        if not _is_drawn(drawn, old, new) and not _is_measured(texts, old, new):
            return f"line {at + 1} is {_short(new)}, the original's is {_short(old[0])}"
    return ""


def _fits(old: Sequence[str], new: str) -> bool:
    """Tell whether ``new`` equals the original's line in every word that does not vary there."""
    if new in old:
        return True
    if all(line == old[0] for line in old):
        return len(old) > 1 and at_another_time(old[0], new)
    words = [_TOKEN.findall(line) for line in old]
    tokens = _TOKEN.findall(new)
    if any(len(one) != len(words[0]) for one in words):
        # Even the number of words varies: what all runs begin and end with must be there.
        return _begins_alike(words, tokens) and _begins_alike([one[::-1] for one in words], tokens[::-1])
    if len(tokens) != len(words[0]):
        return False
    return all(
        _is_of_kind(token, column) if _varies(column) else token == column[0]
        for token, *column in zip(tokens, *words, strict=True)
    )


def _is_measured(texts: Sequence[list[str]], old: Sequence[str], new: str) -> bool:
    """Tell whether a line's numbers are a little other ones among those that a machine measures of itself.

    How many classes a Java machine has loaded is the same in each run of an image, and another one in each image.
    """
    shape = _shape(old[0])
    if _shape(new) != shape or _skeleton(new) != _skeleton(old[0]):
        return False
    varying = (len(set(column)) > 1 for column in zip(*texts, strict=True) if _shape(column[0]) == shape)
    if sum(varying) < _ALIKE:
        return False
    values, others = ([float(number) for number in _NUMBER.findall(line)] for line in (old[0], new))
    pairs = zip(values, others, strict=False)
    return len(values) == len(others) and all(abs(a - b) <= _NEAR * max(a, b) for a, b in pairs)


def _varying_words(texts: Sequence[list[str]]) -> set[str]:
    """The words that stand for each other somewhere in texts of equally many lines."""
    rows = zip(*texts, strict=True)
    return {word for row in rows for column in _columns(row) if _varies(column) for word in column}


def _is_drawn(drawn: set[str], old: Sequence[str], new: str) -> bool:
    """Tell whether a line is of words that are drawn by lot, as the board of a game is.

    Where many of its words vary, one that a few runs had in common may be chance: if it is one of those that stand for
    each other elsewhere, so may any of these be there.
    """
    columns = _columns(old)
    tokens = _TOKEN.findall(new)
    if len(tokens) != len(columns) or sum(_varies(column) for column in columns) < _ALIKE:
        return False
    return all(
        token in column or {token, *column} <= drawn or (_varies(column) and _is_of_kind(token, column))
        for token, column in zip(tokens, columns, strict=True)
    )


def _columns(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """The words of lines by their place; none where the lines have different numbers of words."""
    words = [_TOKEN.findall(line) for line in lines]
    return list(zip(*words, strict=True)) if len({len(one) for one in words}) == 1 else []


def _varies(column: Sequence[str]) -> bool:
    return len(set(column)) > 1


def _is_of_kind(token: str, column: Sequence[str]) -> bool:
    return _kinds(token) <= set[str]().union(*map(_kinds, column))


def _shape(line: str) -> str:
    """What lines of measured values have in common: one form for all, or the text around the number."""
    return "" if _METRIC.fullmatch(line) else _skeleton(line)


def _begins_alike(rows: Sequence[list[str]], new: list[str]) -> bool:
    """Tell whether ``new`` has the rows' common beginning; its numbers are no better known than those that vary."""
    for at, column in enumerate(zip(*rows, strict=False)):
        if len(set(column)) > 1:
            return True
        if at >= len(new):
            return False
        if new[at] != column[0] and not (_has_digit(column[0]) and _kinds(new[at]) <= _kinds(column[0])):
            return False
    return True


def _has_digit(word: str) -> bool:
    """Tell whether a word holds a number."""
    return any(ch.isdigit() for ch in word)


def _kinds(word: str) -> frozenset[str]:
    """The kinds of characters of a word; hexadecimal ids may by chance lack either digits or letters."""
    kinds = {"digit" if ch.isdigit() else "letter" if ch.isalpha() or ch == "_" else ch for ch in word}
    return frozenset(kinds - {"+", "-", "."})


def _skeleton(line: str) -> str:
    """A line with its numbers and ids taken out."""
    return _VARYING.sub("#", line)


def _short(text: str) -> str:
    """A text for one line of a report."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
