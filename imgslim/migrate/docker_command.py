"""``docker build`` and ``docker buildx bake`` as they stand in a shell text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.migrate.matrix import EXPRESSION
from imgslim.migrate.shell_words import commands
from imgslim.records import dataclass, field
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: Words in front of the options, by program; two or three.
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
_BAKES = (("docker", "buildx", "bake"), ("docker", "bake"))
_BAKE_SWITCHES = frozenset({"--check", "--debug", "-D", "--load", "--no-cache", "--print", "--pull", "--push"})
#: Where a ``cd`` may not be in effect for what follows: a subshell, a function, a condition.
_BRANCHES = regex(r"[()]|\bpushd\b|\bif\b|\bfor\b|\bwhile\b|\bcase\b")
_NAMES = {"-f": "--file", "-t": "--tag"}


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


@dataclass(slots=True)
class DockerBake:
    """One call of bake."""

    row: int
    folder: str | None
    #: Those of ``-f``; None: not literal.
    files: list[str | None] = field(default_factory=list)
    #: Those of ``--set``, as :func:`settings` reads them.
    settings: list[str] = field(default_factory=list)
    #: Variables that it is started with; None: not literal.
    environment: dict[str, str | None] = field(default_factory=dict)


def docker_calls(text: str, known: Mapping[str, str] | None = None) -> Iterator[DockerBuild | DockerBake]:
    """Every build that a shell text runs, in order; ``known`` holds variables that it is started with."""
    if not any(word in text for word in ("build", "bud", "bake")):
        return
    # GitHub replaces expressions before a shell sees the text.
    plain = EXPRESSION.sub(lambda m: "${EXPRESSION}" + m[0].count("\n") * " ", text)
    folder: str | None = ""
    for row, raws, values in commands(plain, known or {}):
        if values[:1] in (["cd"], ["pushd"], ["chdir"]):
            step = values[1] if len(values) == 2 and not _BRANCHES.search(plain) else None  # noqa: PLR2004  (cd FOLDER)
            folder = None if folder is None or step is None else f"{folder}/{step}" if folder else step
            continue
        at = int(values[:1] == ["sudo"])
        for front in {tuple(values[at : at + 2]), tuple(values[at : at + 3])}:
            read = _READERS.get(front)
            if read is not None:
                yield read(raws[at + len(front) :], values[at + len(front) :], row, folder)


def _read(raws: Sequence[str], values: Sequence[str | None], row: int, folder: str | None) -> DockerBuild:
    found = DockerBuild(row, folder)
    alone = []
    for name, value, raw in _options(raws, values, _SWITCHES):
        if name:
            _option(found, _NAMES.get(name, name), value, raw)
        else:
            alone.append((value, raw))
    if alone:
        found.context, found.raw = next((word for word in reversed(alone) if word[0] is not None), alone[-1])
    if len(alone) > 1 and any(value is None for value, _ in alone):
        # One of the words may hold options, "$ARGS" or "${args[@]}": what they say is not known.
        found.file = found.file or None
        found.target = found.target or None
        found.args[next(raw for value, raw in alone if value is None)] = None
    return found


def _bake(raws: Sequence[str], values: Sequence[str | None], row: int, folder: str | None) -> DockerBake:
    found = DockerBake(row, folder)
    for name, value, raw in _options(raws, values, _BAKE_SWITCHES):
        if name in ("-f", "--file"):
            found.files.append(value)
        elif name == "--set":
            found.settings.append(value if value is not None else raw.strip("\"'"))
    return found


def _options(
    raws: Sequence[str], values: Sequence[str | None], switches: frozenset[str]
) -> Iterator[tuple[str, str | None, str]]:
    """``(option, value, value as written)``; the option is "" for a word by itself, and switches are left out."""
    at = 0
    while at < len(raws):
        value, raw = values[at], raws[at]
        if value is not None and raw.lstrip('"').startswith("$"):
            raw = value  # a variable that is known
        at += 1
        if not raw.startswith("-") or raw == "-":
            yield "", value, raw
            continue
        name, sign, inline = raw.partition("=")
        if name in switches:
            continue
        if sign:
            value = value.partition("=")[2] if value is not None else None
            raw = inline
        elif len(name) > 2 and name[:2] in _NAMES and not name.startswith("--"):  # noqa: PLR2004  (-tNAME)
            value, raw, name = (value[2:] if value is not None else None), raw[2:], name[:2]
        elif at < len(raws):
            value, raw = values[at], raws[at]
            at += 1
        yield name, value, raw


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


#: By the words in front of the options; no command begins with those of two of them.
_READERS: Mapping[tuple[str | None, ...], Callable[..., DockerBuild | DockerBake]] = {
    **dict.fromkeys(_BUILDS, _read),
    **dict.fromkeys(_BAKES, _bake),
}
