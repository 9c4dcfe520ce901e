"""What git says of the tree. Git is started through :mod:`imgslim.engine.process`, like every other program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.engine.process import run
from imgslim.errors import EngineOrSystemError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.migrate.root import Root

#: Seconds a question may take; listing a million files takes a few.
_TIMEOUT = 300.0
#: Bytes of an answer at most: a million names.
_LIMIT = 128 << 20
#: A repository's own settings must start nothing and write nothing only because somebody looks at it.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "core.quotePath=false")
#: Paths of one question that name files: a command line has a bound (execve(2), ARG_MAX).
_PATHS_AT_ONCE = 500


class NoGit(Exception):  # noqa: N818  (no fault: the tree is then walked)
    """Git can't answer: no repository, no git, or a repository of somebody else's; the message says which."""


def listed(root: Root) -> tuple[str, ...]:
    """Every file below the root that git tracks, or would track: untracked ones, without the ignored ones.

    Raises:
        NoGit: git can't say.
    """
    answer = _ask(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".")
    # A file in conflict is listed once for each side.
    return tuple(dict.fromkeys(_names(answer)))


def changed_since(root: Root, revision: str) -> frozenset[str]:
    """Every path below the root that is not as it was at ``revision``: committed since or not, untracked ones too.

    Raises:
        UsageError: there is no such revision, or no repository.
    """
    try:
        named = _ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        commit = named.decode("ascii").strip()
        diff = _ask(root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", commit, "--")
        new = _ask(root, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")
    except NoGit as error:
        raise UsageError(
            "no-such-revision", f"--since {revision}: {error}.", "Name a commit, a tag or a branch."
        ) from error
    return frozenset((*_names(diff), *_names(new)))


def uncommitted(root: Root, paths: Iterable[str]) -> frozenset[str]:
    """Those of ``paths`` whose content no commit has.

    Raises:
        NoGit: git can't say.
    """
    found: set[str] = set()
    wanted = list(paths)
    prefix = _ask(root, "rev-parse", "--show-prefix").removesuffix(b"\n").decode("utf-8", "surrogateescape")
    for at in range(0, len(wanted), _PATHS_AT_ONCE):
        some = wanted[at : at + _PATHS_AT_ONCE]
        answer = _ask(
            root, "--literal-pathspecs", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all",
            "--ignored", "--", *some,
        )  # fmt: skip
        # Two letters and a blank, then the path from the repository's root, whatever the current folder is.
        found |= {name[3:].removeprefix(prefix) for name in _names(answer)}
    return frozenset(found & set(wanted))


def has_repository(root: Root) -> bool:
    """Tell whether the root lies in a repository, whether git may read it or not."""
    return any((folder / ".git").exists() for folder in (root.path, *root.path.parents))


def _ask(root: Root, *words: str) -> bytes:
    try:
        ended = run(
            ("git", *_SETTINGS, *words), timeout=_TIMEOUT, cwd=root.path, output_limit=_LIMIT,
            env={"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )  # fmt: skip
    except EngineOrSystemError as error:
        raise NoGit(str(error)) from error
    if ended.code is None:
        raise NoGit(f"git {words[0]} took more than {_TIMEOUT:.0f} seconds")
    if ended.code != 0:
        lines = ended.stderr.decode("utf-8", "replace").strip().split("\n")
        raise NoGit(lines[0].removeprefix("fatal: ").rstrip(".") or f"git {words[0]} failed")
    if len(ended.stdout) > _LIMIT:
        raise NoGit(f"git {words[0]} lists more than {_LIMIT} bytes")
    return ended.stdout


def _names(answer: bytes) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in answer.split(b"\0") if name]
