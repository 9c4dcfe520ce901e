"""What a verification's answer depends on, as a key; and which answers may be given again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imgslim
from imgslim.context.digest import context_digest
from imgslim.meaning import stages
from imgslim.records import dataclass
from imgslim.syntax import read
from imgslim.text import encode
from imgslim.verify.verdict import Status

if TYPE_CHECKING:
    from imgslim.engine.connect import Engine
    from imgslim.values import Value
    from imgslim.verify.options import VerifyOptions
    from imgslim.verify.verdict import Verdict

#: Networks that mean the same on every day; another one holds whatever runs there.
_NETWORKS = frozenset({"", "default", "none"})
#: Variables of ours that the docker command reads.
_READ = ("BUILDKIT_", "BUILDX_", "DOCKER_", "SOURCE_DATE_EPOCH")
#: Kinds of probes that a busy machine can't bring about; a verdict against a rewrite for any other may be luck.
_STEADY = frozenset({"size", "config", "start", "output", "exit", "command"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an engine."""

    #: The Dockerfiles.
    texts: tuple[str, ...]
    #: The build context, and where the original stands.
    folder: Path
    dockerfile: Path | None
    options: VerifyOptions
    #: What else the caller was told.
    others: tuple[object, ...] = ()

    def key(self, engine: Engine) -> str | None:
        """SHA-256 over everything that the answer depends on but for the images that the files name.

        None where something can't be told: secrets, agents, other folders and commands of this machine may be others
        the next time without looking so.
        """
        build = self.options.build
        outside = (build.secrets, build.ssh, build.contexts, any(run.commands for run in self.options.probes.runs))
        if any(outside) or self.options.network not in _NETWORKS or build.network not in _NETWORKS:
            return None
        context = context_digest(self.folder, self.dockerfile)
        if context is None:
            return None
        environment = {name: value for name, value in os.environ.items() if name.startswith(_READ)}
        # ``--build-arg NAME`` takes the value from the environment.
        environment |= {name: os.environ.get(name, "") for name in build.build_args if "=" not in name}
        try:
            told = _plain((self.options, self.others, environment, engine.identity))
        except TypeError:
            return None
        whole = hashlib.sha256(json.dumps([_program(), context, told]).encode())
        for text in self.texts:
            whole.update(hashlib.sha256(encode(text)).digest())
        return whole.hexdigest()

    def images(self, engine: Engine, *more: str) -> dict[str, str] | None:
        """What the images that the files and ``more`` name are now; None where one is not known."""
        found: dict[str, str] = {}
        for text in (*self.texts, *more):
            names = _images_in(text, self.options)
            if names is None:
                return None
            found |= {name: engine.identify(name) for name in names}
        return found if all(found.values()) else None


def _images_in(text: str, options: VerifyOptions) -> frozenset[str] | None:
    """The images that a file is built from or copies from; None where a name is not settled."""
    given = (pair.partition("=") for pair in options.build.build_args)
    arguments: dict[str, Value] = {n: v if sign else os.environ.get(n, "") for n, sign, v in given}
    found: set[str] = set()
    for stage in stages(read(text), arguments):
        named = (*(one for one in stage.reads if isinstance(one, str)), *([stage.base] * (stage.base_stage is None)))
        for one in named:
            if not isinstance(one, str) or "$" in one:
                return None
            found.add(one)
    return frozenset(found - {"scratch"})


def may_be_kept(verdict: Verdict) -> bool:
    """Tell whether the verdict is about the files alone.

    What did not build may build when a mirror answers again, and what was late on a busy machine is in time later.
    """
    if verdict.status is not Status.DIFFERS:
        return verdict.status is Status.HOLDS
    failed = [probe for probe in verdict.probes if not probe.holds]
    return all(probe.kind in _STEADY and "keeps running" not in (probe.before, probe.after) for probe in failed)


@cache
def _program() -> str:
    """The version of this program; of one that is being worked on, also which files it has."""
    root = Path(imgslim.__file__).parent
    files = sorted(path for path in root.rglob("*") if path.suffix in {".py", ".toml", ".json"})
    seen = [(str(path.relative_to(root)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return f"{version('dockerfile-imgslim')} {hashlib.sha256(repr(seen).encode()).hexdigest()}"


def _plain(value: Any) -> Any:  # noqa: ANN401  (any value of ours)
    """A value as JSON has them, the same in every process; raises TypeError for one that has no form of its own."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return ["bytes", value.hex()]
        case Enum():
            return [type(value).__qualname__, value.name]
        case Path():
            return ["path", str(value)]
        case tuple() | list():
            return [_plain(one) for one in value]
        case Mapping():
            return ["mapping", sorted(([_plain(k), _plain(v)] for k, v in value.items()), key=json.dumps)]
        case AbstractSet():
            return ["set", sorted((_plain(one) for one in value), key=json.dumps)]
        case _:
            pass
    if hasattr(value, "__dataclass_fields__"):
        return [type(value).__qualname__, [[name, _plain(getattr(value, name))] for name in value.__match_args__]]
    raise TypeError(type(value).__qualname__)
