"""Write reference/images.md from the embedded tables: ``python docs/generate_images.py``; ``--check`` only looks."""  # noqa: INP001

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Source, parse_reference, resolve
from imgslim.images.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent / "reference" / "images.md"
_INTRODUCTION = """\
# Base images

What is known of well-known images without asking an engine, from the official images' own sources. What a local
engine inspects wins over it. A field that is not settled is empty here and not known to the tool: it is never guessed.

A tag that has meant several images is a range: every release that the tag meant while it was published, for tags
that are still published the last two years of that. Versions of the C library are ranges over these releases. A tag
with a full version is answered as the series it belongs to. Sizes are those on linux/amd64, approximate.

Official images that come from public.ecr.aws/docker/library, mirror.gcr.io/library or registry.hub.docker.com/library
are the same, and what a runtime stage is built from comes from there, too. So are those of one architecture alone on
the Docker Hub (amd64/, arm64v8/ …); a runtime stage on an image of all of them gets `--platform`.

The small member of an image's family is of the same release and registry: `-slim` for Debian, Python, Node and Ruby,
the run-time environment for Java; for distributions of RPM packages `rockylinux:9-minimal`, `almalinux:9-minimal`,
`oraclelinux:9-slim`, `ubi9/ubi-minimal`, and `fedora-minimal` where FROM names registry.fedoraproject.org. Fedora on
the Docker Hub, CentOS and Amazon Linux have none, as Ubuntu and Alpine: there it is the image itself.

uv's images on Python's (ghcr.io/astral-sh/uv:python3.12-bookworm-slim …) are those of Python with uv added; their small
member is uv's own.
"""
_COLUMNS = ("image", "distribution", "releases", "C library", "libc.a", "WORKDIR", "CA", "zones", "packages")


def page() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _families() -> list[str]:
    data = files("imgslim.images").joinpath("data")
    return sorted(f.name.removesuffix(".json") for f in data.iterdir() if f.name.endswith(".json"))


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    for family in _families():
        table = load(family) or {}
        yield f"## {family}\n\nAs of {table['as_of']}.\n"
        yield f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}"
        shown = _shown(family, table["tags"])
        for reference in shown:
            facts = resolve(parse_reference(reference))
            if isinstance(facts, ImageFacts):
                yield f"| `{reference}` | {' | '.join(_cells(facts))} |"
        yield f"\n{len(table['tags'])} tags and series are known. Sources:\n"
        yield from (_link(Source(*source)) for source in table["sources"])
        yield ""
    yield "## Distributions\n\nWhat releases hold, for the images built on them, was read here:\n"
    systems = sorted(f.name.removesuffix(".json") for f in files("imgslim.images").joinpath("data/os").iterdir())
    for system in systems:
        yield from (_link(Source(*source)) for source in (load(f"os/{system}") or {})["sources"])
    yield ""


def _shown(family: str, tags: dict[str, object]) -> list[str]:
    """The tags worth a line: those without a variant, else all; a distroless image once."""
    if family == "distroless":
        return [f"gcr.io/distroless/{t.removesuffix(':latest')}" for t in tags if t.endswith(":latest")]
    if family == "ubi":
        return [f"registry.access.redhat.com/ubi{t}" for t in tags]
    plain = [t for t in tags if t == "latest" or t.replace(".", "").isdigit()]
    return [f"{family}:{tag}" for tag in sorted(plain, key=_order)] or [f"{family}:{tag}" for tag in tags]


def _order(tag: str) -> tuple[int, ...]:
    return tuple(-int(part) for part in tag.split(".")) if tag != "latest" else (-(10**9),)


def _cells(facts: ImageFacts) -> list[str]:
    libc = "" if facts.libc is None else facts.libc.value
    version = str(facts.libc_version).replace("?", "")
    return [
        facts.distribution or "",
        ", ".join(facts.releases),
        f"{libc} {version}".strip(),
        _yes(known=facts.static_libc),
        facts.workdir or "",
        _yes(known=facts.ca_bundle),
        _yes(known=facts.tzdata),
        "none" if facts.package_manager == "" else facts.package_manager or "",
    ]


def _yes(*, known: bool | None) -> str:
    return "" if known is None else "yes" if known else "no"


def _link(source: Source) -> str:
    return f"- {source.repository} `{source.commit[:12]}` {source.path}"


def main() -> int:
    """Write the page if it differs, or only say so."""
    if PAGE.exists() and PAGE.read_text("utf-8") == page():
        return 0
    sys.stdout.write("docs/reference/images.md\n")
    if "--check" in sys.argv[1:]:
        return 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
