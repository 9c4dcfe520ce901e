"""Write rewritten Dockerfiles: only what the policy lets through, only over what was read, at once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.errors import EngineOrSystemError, UsageError
from imgslim.files import read_text, write_text
from imgslim.migrate import git
from imgslim.migrate.planning import digest
from imgslim.migrate.root import Refused, Root
from imgslim.policy import may_write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.migrate.results import Result

#: What a result says where its file holds the rewrite now.
WRITTEN = "written"


def uncommitted(root: Root, paths: Iterable[str]) -> frozenset[str]:
    """Those of ``paths`` that must not be overwritten, because no commit holds what they say.

    Raises:
        EngineOrSystemError: there is a repository and git does not answer.
    """
    if not git.has_repository(root):
        return frozenset()
    try:
        return git.uncommitted(root, paths)
    except git.NoGit as error:
        raise EngineOrSystemError(
            "no-git", f"git does not say what is committed: {error}.", "--force writes."
        ) from error


def write(root: Root, result: Result, *, unsafe: bool, dirty: bool) -> str:
    """Write one file; :data:`WRITTEN`, or a sentence that says why not."""
    if result.after is None:
        return ""
    path = root.at(result.path)
    try:
        # A link that somebody put there since would lead the write elsewhere.
        if Root(root.path).real(result.path) != result.path:
            return "it became a link"
        now = digest(read_text(path))
        if now == result.document["after"]:
            return WRITTEN
        if not may_write(result.applicability, verified=result.verified, unsafe=unsafe):
            return "it rests on assumptions (--unsafe writes it)"
        if dirty:
            return "it has changes that no commit holds (--force writes it)"
        if now != result.document["before"]:
            return "it changed since it was planned"
        write_text(path, result.after)
    except (Refused, UsageError, EngineOrSystemError) as error:
        return str(error).replace(f"{root.path}/", "").rstrip(".")
    return WRITTEN
