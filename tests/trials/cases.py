"""The cases: which public projects are replayed, at which commit, and what their programs must answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The list of this folder.
CASES = Path(__file__).with_name("cases.json")

Kind = Literal["exit", "output", "http", "tcp"]

#: What each kind of probe may say besides its kind; `required` first.
_FIELDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = MappingProxyType(
    {
        "exit": (frozenset({"code"}), frozenset()),
        "output": (frozenset(), frozenset({"contains", "regex"})),
        "http": (
            frozenset({"port", "path", "status"}),
            frozenset({"method", "body", "headers", "contains", "type", "location", "bytes"}),
        ),
        "tcp": (frozenset({"port"}), frozenset({"send", "contains"})),
    }
)


class CaseError(ValueError):
    """The list of cases is not of its form."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that the running program must do, before and after."""

    kind: Kind
    #: exit: the status the container ends with.
    code: int = 0
    #: What the output, the HTTP body or the TCP answer holds.
    contains: str = ""
    #: output: a pattern that some line matches (``re.M``).
    regex: str = ""
    port: int = 0
    path: str = "/"
    method: str = "GET"
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: http: the status of the answer; redirects are not followed.
    status: int = 200
    #: http: how the Content-Type begins.
    type: str = ""
    #: http: how the Location ends.
    location: str = ""
    #: http: the least length of the body.
    bytes: int = 0
    #: tcp: what is sent once connected.
    send: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A public project at a commit, its Dockerfile, and how its image is run and asked."""

    id: str
    #: ``owner/name`` on GitHub.
    repo: str
    #: Forty hexadecimal digits.
    commit: str
    #: Paths from the root of the repository.
    dockerfile: str
    context: str
    ecosystem: str
    #: ``{name in FROM: image that stands in for it}``: names of releases that no test image has.
    standin: Mapping[str, str]
    env: Mapping[str, str]
    args: tuple[str, ...]
    #: Written to standard input, which is then closed; None leaves it closed.
    stdin: str | None
    probes: tuple[Probe, ...]
    #: Seconds within which all probes hold.
    timeout_s: int
    #: ``works``, or ``fails`` where the original itself does not build or run.
    status: str
    why: str
    notes: str

    @property
    def ends(self) -> bool:
        """Tell whether the program is expected to end by itself."""
        return any(probe.kind == "exit" for probe in self.probes)


def load(path: Path = CASES) -> tuple[Case, ...]:
    """Read the list.

    Raises:
        CaseError: a case or a probe is not of its form, or two cases have one name.
    """
    cases = tuple(case_of(raw) for raw in json.loads(path.read_text(encoding="utf-8")))
    names = [case.id for case in cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise CaseError(f"named twice: {', '.join(sorted(twice))}")
    return cases


def select(cases: Iterable[Case], names: Iterable[str]) -> tuple[Case, ...]:
    """Choose the cases named, or those whose original works where none is.

    Raises:
        CaseError: a name is no case.
    """
    wanted, cases = tuple(names), tuple(cases)
    if not wanted:
        return tuple(case for case in cases if case.status == "works")
    if unknown := set(wanted) - {case.id for case in cases}:
        raise CaseError(f"no such case: {', '.join(sorted(unknown))}")
    return tuple(case for case in cases if case.id in wanted)


def probe(raw: Mapping[str, Any]) -> Probe:
    """Read one probe.

    Raises:
        CaseError: the kind is unknown, a field is missing or not of this kind.
    """
    said = frozenset(raw) - {"kind"}
    if raw.get("kind") not in _FIELDS:
        raise CaseError(f"no kind of probe: {raw.get('kind')}")
    required, optional = _FIELDS[raw["kind"]]
    if not required <= said <= required | optional:
        raise CaseError(f"a probe of kind {raw['kind']} does not say {', '.join(sorted(said ^ required))}")
    return Probe(**raw)


def case_of(raw: Mapping[str, Any]) -> Case:
    """Read one case.

    Raises:
        CaseError: a field is missing or unknown, or a probe is not of its form.
    """
    rest = {name: value for name, value in raw.items() if name not in {"probes", "args", "original"}}
    try:
        return Case(
            **rest,
            args=tuple(raw["args"]),
            probes=tuple(probe(each) for each in raw["probes"]),
            status=raw["original"]["status"],
            why=raw["original"].get("why", ""),
        )
    except (KeyError, TypeError) as error:
        raise CaseError(f"{raw.get('id', '?')}: {error}") from error
