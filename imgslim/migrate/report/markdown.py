"""The summary as Markdown, for the text of a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.render.place import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.report.summary import Summary
    from imgslim.migrate.results import Result

#: Characters at most, a little below what GitHub takes (65,536) and far below GitLab's million.
LIMIT = 60_000
#: Kept for the lines that say what was left out.
_MARGIN = 400


def as_markdown(summary: Summary) -> Iterator[str]:
    """Counts, then the rewritten files with their diffs, then the refused ones; what does not fit is counted."""
    totals = summary.totals
    left = LIMIT - _MARGIN
    head = "\n".join(
        (
            "## Smaller images",
            "",
            f"{totals.files} Dockerfiles: {', '.join(f'{count} {state}' for state, count in totals.states) or 'none'}.",
            "",
            *_table(("outcome", "reason", "files"), [(s, f"`{r}`", str(c)) for s, r, c in totals.reasons]),
        )
    )
    yield head
    left -= len(head)
    omitted = 0
    for wanted, title in (("rewritten", "### Rewritten"), ("declined", "### Left alone"), ("error", "### Not read")):
        first = True
        for one in summary.results():
            if one.status != wanted:
                continue
            text = _one(one)
            if len(text) + len(title) > left:
                omitted += 1
                continue
            left -= len(text) + (len(title) + 4 if first else 0)
            yield f"\n{title}\n\n{text}" if first else text
            first = False
    if omitted:
        yield f"\n{omitted} more files do not fit in here; the HTML page has them all.\n"


def _table(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _one(one: Result) -> str:
    why = "".join(f"- {_text(sentence)}\n" for sentence in (*one.sentences, *one.document["stated"]))
    written = one.document["written"]
    if written not in (None, "written"):
        why += f"- not written: {_text(written)}\n"
    if one.status != "rewritten":
        return f"- {_code(one.path)}\n" + "".join(f"  {line}\n" for line in why.splitlines())
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", one.diff) or [""]))
    diff = "\n".join(printable(line) for line in one.diff.rstrip("\n").split("\n"))
    summary = f"<summary>{_code(one.path, html=True)}: {_html(one.target)}, {one.state}</summary>"
    return f"<details>{summary}\n\n{why}\n{fence}diff\n{diff}\n{fence}\n\n</details>\n"


def _text(text: str) -> str:
    """A sentence in which nothing is markup: every character that Markdown or HTML takes for more is escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~@&-])", r"\\\1", printable(text)).replace("<", "&lt;").replace(">", "&gt;")


def _code(text: str, *, html: bool = False) -> str:
    text = printable(text)
    if html:
        return f"<code>{_html(text)}</code>"
    marks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if marks != "`" else ""
    return f"{marks}{pad}{text}{pad}{marks}"


def _html(text: str) -> str:
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
