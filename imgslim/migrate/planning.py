"""Plan one Dockerfile for all the ways it is built; what comes out can be written down as JSON."""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imgslim.diagnostics import split_ignored
from imgslim.edits import unified_diff
from imgslim.errors import NESTS_TOO_DEEPLY, EngineOrSystemError, InputError, UsageError
from imgslim.files import read_text
from imgslim.migrate.agree import agreed, earlier_stage, stage_kept
from imgslim.migrate.recording import Recorder
from imgslim.migrate.root import Refused
from imgslim.model import Declined, Rewritten, Unchanged
from imgslim.records import dataclass, numerous, replace
from imgslim.render import machine
from imgslim.service import configured, slim
from imgslim.sources import find_context
from imgslim.syntax import read
from imgslim.text import LineIndex, encode
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from imgslim.context import BuildContext
    from imgslim.migrate.jobs import Build, Job, Use
    from imgslim.migrate.root import Root
    from imgslim.model import Need, Outcome
    from imgslim.service import Options
    from imgslim.values import Value

#: Names that ``docker build`` takes a value for; anything else is a name that is not literal.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ARG = re.compile(r"^[ \t]*ARG[ \t]+(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Choice:
    """What holds for every Dockerfile of a run; "" for what the configuration says."""

    target: str = ""
    libc: str = ""
    prefer: str = ""
    #: Name and value; they win over what the tree's files say.
    build_args: tuple[tuple[str, str], ...] = ()
    #: Plan the last stage of files with several.
    last_stage: bool = False


@numerous
@dataclass(frozen=True, slots=True)
class Way:
    """One way to build a Dockerfile, made ready to be planned."""

    build: Build
    options: Options
    context: BuildContext
    #: None where there is no context.
    folder: Path | str | None
    #: What is to be stated about the context; "" for nothing.
    stated: str


@numerous
@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of one Dockerfile."""

    text: str
    outcome: Outcome
    ways: tuple[Way, ...]


@lru_cache(maxsize=2)  # a file before and after, each asked for again
def digest(text: str) -> str:
    """Of a file's content."""
    return hashlib.sha256(encode(text)).hexdigest()


def plan(root: Root, job: Job, choice: Choice, recorder: Recorder | None = None, text: str | None = None) -> Planned:
    """Plan one Dockerfile, of which the text may have been read already.

    Raises:
        InputError: BuildKit would refuse the file.
        UsageError: it can't be read, or the target is no target.
    """
    _own_ignore_file(root, job)
    text = read_text(root.text_at(job.path)) if text is None else text
    recorder = recorder or Recorder()
    ways: dict[tuple[Any, ...], Way] = {}
    outcomes: list[tuple[Build, Outcome]] = []
    earlier = {build: earlier_stage(build, text) for build in job.builds if build.target}
    for build in _of_last(job.builds, earlier) if earlier else job.builds:
        key = (build.context, build.args, build.target)
        if key in ways:
            continue
        way = _way(root, job, build, choice, text, recorder)
        if earlier and not isinstance(way, Declined):
            kept = tuple(sorted({name for name in earlier.values() if name}))
            last = way.options.last_stage and not earlier.get(build)
            way = replace(way, options=replace(way.options, last_stage=last, kept_stages=kept))
        if isinstance(way, Declined):
            outcomes.append((build, way))
            continue
        ways[key] = way
        outcome = slim(text, way.context, way.options, alternatives=False)
        outcomes.append((build, stage_kept(build, outcome, text)))
    return Planned(text, _wanted(agreed(outcomes), text, job), tuple(ways.values()))


def _of_last(builds: tuple[Build, ...], earlier: Mapping[Build, str]) -> tuple[Build, ...]:
    """The builds of the last stage; all where there is none."""
    return tuple(build for build in builds if not earlier.get(build)) or builds


def _wanted(outcome: Outcome, text: str, job: Job) -> Outcome:
    """Leave a file as it is whose finding ``can-be-split`` is ignored."""
    kept = split_ignored(text, job.settings.ignore) if isinstance(outcome, Rewritten) else None
    return Unchanged("ignored", *kept) if kept is not None else outcome


def _own_ignore_file(root: Root, job: Job) -> None:
    """Refuse to follow ``Dockerfile.dockerignore`` out of the root: contexts read it beside the file."""
    own = f"{job.path}.dockerignore"
    place = root.text_at(own)
    # Few have one, and this question is answered without an exception; a link to nothing leads nowhere.
    if os.access(place, os.F_OK) and os.path.islink(place):  # noqa: PTH114
        try:
            root.real(own)
        except Refused as error:
            raise UsageError("unreadable", f"{own} is not followed: {error}.", "Put the file itself there.") from error


def _way(root: Root, job: Job, build: Build, choice: Choice, text: str, recorder: Recorder) -> Way | Declined:  # noqa: PLR0917
    given = None if build.context is None else root.text_at(build.context)
    found = find_context(given, text, root.text_at(job.path), root.path, recorder.opened)
    if isinstance(found, Declined):
        return replace(found, message=found.message.replace(f"{root.path}/", "").replace(str(root.path), "."))
    uses = _asked(job.uses, text) if found.folder is not None else ()
    arguments = _arguments(build, text) | dict(choice.build_args)
    options = configured(
        job.settings, choice.target, choice.libc, choice.prefer, arguments, uses, last_stage=choice.last_stage
    )
    stated = found.stated
    if stated and found.folder is not None:
        stated = f"its build context is {root.relative(found.folder) or '.'}, where every COPY source exists."
    return Way(build, options, found.context, found.folder, stated)


def _arguments(build: Build, text: str) -> dict[str, Value]:
    """The build's arguments; one of a name that nobody knows may be any that the file declares."""
    found: dict[str, Value] = {}
    for name, value in build.args:
        if _PLAIN.fullmatch(name):
            found[name] = Unknown(f"{build.place} gives {name} a value that is not literal") if value is None else value
        else:
            why = Unknown(f"{build.place} gives a build argument whose name is not literal")
            declared = (word.partition("=")[0] for line in _ARG.findall(text) for word in line.split())
            found |= {one: why for one in declared if _PLAIN.fullmatch(one) and one not in found}
    return found


def _asked(uses: tuple[Use, ...], text: str) -> tuple[Need, ...]:
    """What others ask of the image; a ``command`` holds arguments where the image has an entry point."""
    if not uses:
        return ()
    last = next((n for n in reversed(read(text).instructions) if n.keyword == "ENTRYPOINT"), None)
    own = last is not None and last.exec_form != ()
    return tuple(dict.fromkeys(use.need for use in uses if not (use.command and own)))


def result(root: Root, job: Job, choice: Choice, recorder: Recorder, text: str | None = None) -> dict[str, Any]:
    """The plan of one Dockerfile as JSON holds it; a file that can't be planned is one of status ``error``."""
    try:
        planned = plan(root, job, choice, recorder, text)
    except (InputError, UsageError, EngineOrSystemError) as error:
        return _failed(root, job, error)
    except RecursionError:
        return _failed(root, job, EngineOrSystemError("too-deep", NESTS_TOO_DEEPLY))
    except OSError as error:
        return _failed(root, job, EngineOrSystemError("system-refused", f"{error.strerror}."))
    except Exception as error:  # noqa: BLE001  (a fault of ours in one file must not cost the other thousands)
        message = f"A fault of imgslim: {type(error).__name__}: {error}."
        return _failed(root, job, EngineOrSystemError("internal-error", message))
    return document(job, planned)


def document(job: Job, planned: Planned, verdict: dict[str, Any] | None = None) -> dict[str, Any]:
    """A plan as JSON holds it."""
    text, outcome = planned.text, planned.outcome
    after = outcome.after if isinstance(outcome, Rewritten) else text
    before = digest(text)
    made = machine.outcome_json(outcome, text, job.path, verdict)
    entry = _entry(job)
    entry |= {
        "status": made["outcome"],
        "stated": [way.stated for way in planned.ways if way.stated],
        "outcome": made,
        "diff": unified_diff(text, after, job.path),
        "before": before,
        "after": before if after is text else digest(after),
    }
    return entry


def _failed(root: Root, job: Job, error: InputError | UsageError | EngineOrSystemError) -> dict[str, Any]:
    line = None
    if isinstance(error, InputError):
        line = LineIndex(read_text(root.text_at(job.path))).position(error.span.start).line + 1
    message = error.message if isinstance(error, InputError) else str(error).replace(f"{root.path}/", "")
    return _entry(job) | {"error": {"code": error.code, "message": message, "line": line}}


def _entry(job: Job) -> dict[str, Any]:
    """The keys of every result."""
    return {
        "path": job.path, "status": "error", "builds": [_build(build) for build in job.builds],
        "uses": sorted({use.need.why for use in job.uses}), "stated": [], "outcome": None, "error": None, "diff": "",
        "before": "", "after": "", "patch": None, "written": None,
    }  # fmt: skip


def _build(build: Build) -> dict[str, Any]:
    return {
        "context": build.context, "args": dict(build.args), "target": build.target or None,
        "place": str(build.place) if build.place is not None else None, "who": build.who or None,
    }  # fmt: skip
