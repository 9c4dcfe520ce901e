"""Context files that no build step consumes and no literal names: what a program with computed paths may open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.planner.build import Taken
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Build

#: Never taken on a guess: version control, hidden files, build files, keys and settings that hold secrets, tests.
_NEVER = regex(
    r"(^|/)(\.(?!well-known/)[^/]+|node_modules|tests?|[^/]*\.(pem|key|p12|pfx|jks|secret)|id_(rsa|dsa|ecdsa|ed25519)|"
    r"(secret|credential)s?(\.[^/]+)?|"
    r"[^/]*dockerfile[^/]*|containerfile|(docker-)?compose[^/]*\.ya?ml)(/|$)",
    re.IGNORECASE,
)
#: What by its name holds keys or passwords.
_SECRET = regex(
    r"(?:^|.*/)(\.env(?:\.[^/]+)?|\.netrc|\.pgpass|\.npmrc|\.htpasswd|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]+\.(?:key|p12|pfx|jks|secret)|"
    r"(?:secret|credential|password|passwd)s?(?:\.[^/]+)?)",
    re.IGNORECASE,
)
#: What people, build tools and those who deploy the image read: it goes along with data that it lies beside, never for
#: its own sake.
_NO_DATA = regex(
    r"(^|/)((readme|contributing|code_of_conduct|changelog|changes|notice|authors|security)"
    r"(\.(md|txt|rst|adoc))?|(un)?licen[cs]e([-._]?(mit|bsd|apache|a?gpl|lgpl|mpl)?[-._]?v?\d*(\.\d+)*)(\.(md|txt|rst))?|"
    r"copying([-._](lesser|lib))?(\.(md|txt))?|(gnu)?makefile|cmakelists\.txt|meson\.build|[^/]+\.(mk|cmake)|"
    r"(jenkins|vagrant|proc|brew|just|tilt|earth)file|"
    r"(skaffold|cloudbuild|appveyor|azure-pipelines|bitbucket-pipelines|taskfile|codecov|renovate|fly)\.(ya?ml|json|toml))\Z",
    re.IGNORECASE,
)
#: What every Kubernetes manifest has at its top level; it is read by those who run the image.
_MANIFEST = (regex(rb"^apiVersion:\s*\S", re.MULTILINE), regex(rb"^kind:\s*[A-Z]", re.MULTILINE))
#: More lines than this nobody could read; the assumption then lists what stays behind.
_MOST = 64


def on_a_guess(path: str) -> bool:
    """Tell whether a file may go along though nothing names it."""
    return _NEVER.search(path) is None


def is_data(path: str) -> bool:
    """Tell whether a context file may be what a program reads, by its name."""
    return _NO_DATA.search(path) is None


def secret_in(project: Project, path: str) -> str:
    """The name of a file at or below ``path`` that looks like a secret; "" where none does."""
    names = [context for _, context in project.files.walk_context(path)] or [path]
    return next((m[1] for name in names if (m := _SECRET.fullmatch(name))), "")


def open_data(project: Project, build: Build, covered: list[str]) -> list[Taken]:
    """The files that the build does not consume, each at the highest folder that holds nothing else."""
    workdir = project.trace.final.workdir
    files = list(project.files.walk_context("/"))
    roots = {image.split("/", 2)[1] for image, _ in files}
    guessed = {c for _, c in files if c not in build.consumed and (on_a_guess(c) or _holds_place(project, c))}
    found = [path for root in sorted(roots) for path in _whole(project, guessed, "/" + root, covered)]
    if not found or len(found) > _MOST:
        return []
    return [
        Taken(p, p, why=f"Files below {workdir} that the program may open" if n == 0 else "")
        for n, p in enumerate(found)
    ]


def _whole(project: Project, guessed: set[str], path: str, covered: list[str]) -> Iterator[str]:
    if any(inside(path, c) for c in covered):
        return
    files = list(project.files.walk_context(path))
    if not files:
        return
    taken = [c for _, c in files if c in guessed]
    data = any(is_data(context) and not _is_manifest(project, context) for context in taken)
    holds_covered = any(inside(c, path) for c in covered)
    if not data:
        return
    if len(taken) == len(files) and path.count("/") > 1 and not holds_covered:
        yield path
    elif len(files) > 1 or files[0][0] != path:
        for name in project.files.list_dir(path):
            yield from _whole(project, guessed, f"{path}/{name}", covered)
    else:
        yield path


def _is_manifest(project: Project, context: str) -> bool:
    """Tell whether a context file says how to run the image."""
    if not context.endswith((".yaml", ".yml")):
        return False
    content = project.context.read(context) or b""
    return all(pattern.search(content) for pattern in _MANIFEST)


def _holds_place(project: Project, context: str) -> bool:
    """Tell whether a hidden file is only there so that its folder is: version control keeps no empty folder."""
    folder, _, name = context.rpartition("/")
    if not folder or not name.startswith(".") or _NEVER.search(folder):
        return False
    return name == ".gitignore" or project.context.read(context) == b""


def left_behind(project: Project, covered: list[str]) -> Iterator[str]:
    """The context files in the image that nothing takes along."""
    for image, _ in project.files.walk_context("/"):
        if not any(inside(image, c) for c in covered):
            yield image


def widened(project: Project, build: Build, paths: list[str]) -> list[str]:
    """Give files as the folders they lie in, where such a folder holds nothing of the build.

    A program that opens one template opens its siblings as well.
    """
    found: dict[str, None] = {}
    workdir = str(project.trace.final.workdir)
    for path in paths:
        parent = path.rpartition("/")[0]
        depth = parent.count("/")
        files = (
            [context for _, context in project.files.walk_context(parent)] if depth > 0 and parent != workdir else []
        )
        whole = bool(files) and not any(f in build.consumed or _NEVER.search(f) for f in files)
        below = not (workdir + "/").startswith(parent + "/")
        found[parent if whole and below and parent.startswith(workdir.rstrip("/") + "/") else path] = None
    return list(found)
