"""``docker build`` as it stands in a shell text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.syntax.shell import command_nodes, literal
from imgslim.syntax.shell_source import ShellSource, parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Words in front of the options, by program.
_BUILDS = (
    ("docker", "build"), ("docker", "buildx", "build"), ("docker", "image", "build"), ("docker", "builder", "build"),
    ("podman", "build"), ("podman", "image", "build"), ("buildah", "build"), ("buildah", "bud"), ("nerdctl", "build"),
)  # fmt: skip
#: Options without a value; every other one takes the next word, or what stands behind its ``=``.
_SWITCHES = frozenset(
    """
    --check --compress --debug -D --disable-content-trust --force-rm --help --layers --load --no-cache --pull --push
    --quiet -q --rm --squash --squash-all --stream --tls-verify
    """.split()
)
_NAMES = {"-f": "--file", "-t": "--tag"}
#: What GitHub replaces before a shell sees the text.
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


@dataclass(slots=True)
class DockerBuild:
    """One command; None where a word is not literal."""

    #: Lines above it in the text.
    row: int
    #: The folder that a ``cd`` before it names; None: not known.
    folder: str | None
    context: str | None = None
    #: The context as written.
    raw: str = ""
    #: "" where there is no ``-f``.
    file: str | None = ""
    args: dict[str, str | None] = field(default_factory=dict)
    target: str | None = ""
    #: As written.
    tags: list[str] = field(default_factory=list)
    contexts: list[tuple[str, str]] = field(default_factory=list)


def docker_builds(text: str) -> Iterator[DockerBuild]:
    """Every build that a shell text runs, in order."""
    if "build" not in text and "bud" not in text:
        return
    plain = _EXPRESSION.sub(lambda m: "${EXPRESSION}" + "\n" * 0 + m[0].count("\n") * " ", text)
    folder: str | None = ""
    # A ``cd`` in a subshell, a function or a condition may not be in effect for what follows.
    follows = not re.search(r"[()]|\bpushd\b|\bif\b|\bfor\b|\bwhile\b|\bcase\b", plain)
    source = ShellSource.of(plain)
    root = parser().parse(source.data).root_node
    for node in command_nodes(root):
        words = [child for child in node.children if child.type in _WORDS]
        values = [literal(word) for word in words]
        if values[:1] in (["cd"], ["pushd"], ["chdir"]):
            step = values[1] if follows and len(values) == 2 else None  # noqa: PLR2004  (cd FOLDER)
            folder = None if folder is None or step is None else f"{folder}/{step}" if folder else step
            continue
        if values[:1] == ["sudo"]:
            words, values = words[1:], values[1:]
        for front in _BUILDS:
            if tuple(values[: len(front)]) == front:
                raws = [source.raw(word) for word in words[len(front) :]]
                yield _read(raws, values[len(front) :], node.start_point[0], folder)


_WORDS = frozenset(
    {"command_name", "word", "number", "raw_string", "string", "concatenation", "simple_expansion", "expansion"}
)


def _read(raws: Sequence[str], values: Sequence[str | None], row: int, folder: str | None) -> DockerBuild:
    found = DockerBuild(row, folder)
    at = 0
    while at < len(raws):
        value, raw = values[at], raws[at]
        at += 1
        if not raw.startswith("-") or raw == "-":
            found.context, found.raw = value, raw
            continue
        name, sign, inline = raw.partition("=")
        if name in _SWITCHES:
            continue
        if sign:
            value = value.partition("=")[2] if value is not None else None
            raw = inline
        elif len(name) > 2 and name[:2] in _NAMES and not name.startswith("--"):  # noqa: PLR2004  (-tNAME)
            value, raw, name = (value[2:] if value is not None else None), raw[2:], name[:2]
        elif at < len(raws):
            value, raw = values[at], raws[at]
            at += 1
        _option(found, _NAMES.get(name, name), value, raw)
    return found


def _option(found: DockerBuild, name: str, value: str | None, raw: str) -> None:
    match name:
        case "--file":
            found.file = value
        case "--tag":
            found.tags.append(value if value is not None else raw.strip("\"'"))
        case "--target":
            found.target = value
        case "--build-arg":
            # A bare name takes its value from the environment; of an open word the name may still be plain.
            key, sign, rest = (value if value is not None else raw.strip("\"'")).partition("=")
            found.args[key] = rest if sign and value is not None else None
        case "--build-context":
            key, _, rest = (value or "").partition("=")
            found.contexts.append((key, rest))
        case _:
            pass
