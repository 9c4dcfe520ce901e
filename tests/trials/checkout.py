"""Lay out a case's build context from a clone, and blank what only a registry could resolve."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trials.cases import Case

#: BuildKit pulls the frontend that such a line names (docs.docker.com/reference/dockerfile, "syntax").
_SYNTAX = re.compile(rb"(?mi)^#[ \t]*syntax[ \t]*=[^\r\n]*")


class CheckoutError(Exception):
    """The clone is not there, or lacks the commit or a file of it."""


def blank_syntax(text: bytes) -> bytes:
    """Turn ``# syntax=`` lines into comments of the same length: a frontend can't be pulled without a registry."""
    return _SYNTAX.sub(lambda line: b"#" + b" " * (len(line[0]) - 1), text)


def git_directory(clones: Path, repo: str) -> Path | None:
    """Find a repository's git directory below the folder of clones, bare or not, under the usual namings."""
    owner, _, name = repo.partition("/")
    for folder in (
        clones / f"{owner}+{name}" / "repo",
        clones / f"{owner}+{name}",
        clones / owner / name,
        clones / name,
    ):
        for place in (folder / ".git", folder):
            if (place / "HEAD").is_file():
                return place
    return None


def clone(clones: Path, repo: str, commit: str) -> Path:
    """Fetch one commit of a public repository into the folder of clones.

    Raises:
        CheckoutError: git or the network says no.
    """
    place = clones / repo.replace("/", "+")
    place.mkdir(parents=True, exist_ok=True)
    _git(place, "init", "--quiet", "--bare", ".")
    _git(place, "fetch", "--quiet", "--depth", "1", f"https://github.com/{repo}", commit)
    return place


def lay_out(case: Case, clones: Path, into: Path) -> Path:
    """Write the context's files at the case's commit; the path of the Dockerfile within it.

    A plain checkout of the folder's tree: ``git archive`` would leave out what ``export-ignore`` names.

    Raises:
        CheckoutError: the clone lacks the commit, a file of it, or the Dockerfile.
    """
    place = git_directory(clones, case.repo) or clone(clones, case.repo, case.commit)
    tree = case.commit if case.context == "." else f"{case.commit}:{case.context}"
    into.mkdir(parents=True, exist_ok=True)
    index = into.with_name(into.name + ".index")
    _git(place, "read-tree", tree, index=index)
    _git(place, f"--work-tree={into}", "checkout-index", "--all", "--force", index=index)
    dockerfile = into / os.path.relpath(case.dockerfile, case.context)
    if not dockerfile.is_file():
        raise CheckoutError(f"no {case.dockerfile} at {case.commit[:12]}")
    dockerfile.write_bytes(blank_syntax(dockerfile.read_bytes()))
    return dockerfile


def _git(place: Path, *arguments: str, index: Path | None = None) -> None:
    environment = {**os.environ, **({"GIT_INDEX_FILE": str(index)} if index else {}), "GIT_DIR": str(place)}
    done = subprocess.run(["git", *arguments], cwd=place, env=environment, capture_output=True, check=False)
    if done.returncode:
        raise CheckoutError(done.stderr.decode(errors="replace").strip()[-300:])
