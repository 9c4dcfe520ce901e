"""The summary as one page that loads nothing: light and dark, for the keyboard, for narrow screens and for paper."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from imgslim.render.place import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.report.summary import Summary
    from imgslim.migrate.results import Result, Totals

#: Titles of the groups, in order.
_GROUPS = {
    "verified": "Rewritten and verified", "safe": "Rewritten, safe", "unsafe": "Rewritten, on assumptions",
    "error": "Not read", "declined": "Left alone", "unchanged": "Nothing to gain",
}  # fmt: skip
#: Nothing is loaded and no script runs, whatever a Dockerfile's text holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_page(summary: Summary) -> Iterator[str]:
    """The page in pieces, one for each file."""
    style = files("imgslim.migrate.report").joinpath("page.css").read_text("utf-8")
    totals = summary.totals
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>imgslim: {totals.files} Dockerfiles</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#files">To the files</a>\n'
    )
    yield "".join(_head(totals))
    yield '<main id="files" tabindex="-1">\n'
    for state, _ in sorted(totals.states, key=lambda row: tuple(_GROUPS).index(row[0])):
        yield f'<section aria-labelledby="{state}"><h2 id="{state}">{_GROUPS[state]}</h2>\n'
        for one in summary.results():
            if one.state == state:
                yield "".join(_one(one))
        yield "</section>\n"
    if summary.notes:
        yield '<section aria-labelledby="notes"><h2 id="notes">What was not followed</h2>\n<ul>\n'
        yield from (f"<li>{_text(note)}</li>\n" for note in summary.notes)
        yield "</ul></section>\n"
    yield f"</main>\n<footer>Found by {_text(summary.how)}.</footer>\n</body>\n</html>\n"


def _text(text: str) -> str:
    return escape(printable(text))


def _head(totals: Totals) -> Iterator[str]:
    yield f"<header>\n<h1>{totals.files} Dockerfiles</h1>\n"
    yield '<nav aria-label="Outcomes"><ul class="states">\n'
    for state, count in totals.states:
        yield f'<li class="{state}"><a href="#{state}"><b>{count}</b> {state}</a></li>\n'
    yield "</ul></nav>\n"
    if totals.reasons:
        most = max(count for *_, count in totals.reasons)
        yield '<table><caption>By reason</caption>\n<thead><tr><th scope="col">outcome</th>'
        yield '<th scope="col">reason</th><th scope="col">files</th></tr></thead>\n<tbody>\n'
        for status, reason, count in totals.reasons:
            yield f"<tr><td>{_text(status)}</td><td><code>{_text(reason)}</code></td><td>"
            yield f'<meter min="0" max="{most}" value="{count}">{count}</meter> {count}</td></tr>\n'
        yield "</tbody></table>\n"
    yield "</header>\n"


def _one(one: Result) -> Iterator[str]:
    yield f'<details class="{one.state}"><summary><code>{_text(one.path)}</code>'
    yield f" <span>{_text(one.target or ', '.join(one.reasons))}</span></summary>\n"
    lines = [*one.sentences, *one.document["stated"], *one.document["uses"]]
    if one.document["written"] is not None:
        written = one.document["written"]
        lines.append("It is written." if written == "written" else f"It is not written: {written}.")
    lines += [
        f"{build['place']} ({build['who']}) builds it in {build['context'] or '.'}."
        for build in one.document["builds"]
        if build["place"] is not None
    ]
    if lines:
        yield "<ul>\n"
        yield from (f"<li>{_text(line)}</li>\n" for line in lines)
        yield "</ul>\n"
    if one.diff:
        yield f'<pre tabindex="0" role="region" aria-label="Diff of {_text(one.path)}"><code>'
        yield "\n".join(_line(line) for line in one.diff.rstrip("\n").split("\n"))
        yield "</code></pre>\n"
    yield "</details>\n"


def _line(line: str) -> str:
    """A line of a diff; its sign stays, so that nothing rests on the colour."""
    tag = {"+": "ins", "-": "del"}.get(line[:1])
    if tag is None or line.startswith(("+++", "---")):
        return f"<span>{_text(line)}</span>"
    return f"<{tag}>{_text(line)}</{tag}>"
