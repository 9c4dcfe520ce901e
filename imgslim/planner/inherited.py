"""Inherited: what the base image configures and the runtime stage's own base would not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.evidence.loader import environment
from imgslim.images import ImageFacts
from imgslim.meaning.base import DEFAULT_PATH
from imgslim.model import Line, Need, NeedKind
from imgslim.planner.entry import exec_form
from imgslim.planner.of_builder import TRUST_STORE
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.model import Project, RuntimeTarget

#: Variables that C libraries, loaders, TLS and HTTP libraries read by themselves (environ(7), ld.so(8), openssl-env(7);
#: curl's manual, "ENVIRONMENT"; Requests' "SSL Cert Verification"): an organisation's base says its proxy and its own
#: authority there.
_READ_BY_LIBRARIES = regex(
    r"(LANG|LANGUAGE|LC_\w+|TZ|TZDIR|SSL_CERT_(FILE|DIR)|OPENSSL_CONF|(CURL|REQUESTS)_CA_BUNDLE|LD_LIBRARY_PATH|TERM"
    r"|TMPDIR|HOME|(?i:(HTTPS?|FTP|ALL|NO)_PROXY))"
)
#: What interpreters and the libraries that come with them read, by toolchain: where modules lie, how they are loaded
#: (gem-environment and bundle-config in Ruby's manual; python(1), ENVIRONMENT VARIABLES; node(1), ENVIRONMENT; the java
#: command, "JDK_JAVA_OPTIONS"). JAVA_HOME is the target's own.
_READ_BY_INTERPRETERS = {
    "ruby": regex(r"GEM_\w+|BUNDLER?_\w+|RUBY(LIB|OPT|PATH|SHELL|GEMS_GEMDEPS)|RUBY_(GC|THREAD|FIBER|YJIT|MN|MAX)_\w+"),
    "python": regex(r"PYTHON[A-Z]+"),
    "node": regex(r"NODE_(?!VERSION)\w+"),
    "java": regex(r"_?JAVA_(TOOL_|OPT)\w+|JDK_JAVA_OPTIONS|CLASSPATH"),
}
#: Where the target has its own interpreter, whatever the base image says.
_OWN = {"JAVA_HOME"}
#: What official images say of how they were built, where an organisation's own base is made from one of them; and
#: PATH and JAVA_HOME, which rules of their own state.
_OF_BUILDS = regex(
    r"(PYTHON|NODE|YARN|RUBY|JAVA|GOLANG|RUST|PHP|PERL)_\w*(VERSION|SHA\d+|URL|KEYS?|MAJOR)|GPG_KEYS?|PATH|JAVA_HOME"
)
#: Variables that name a file of trusted authorities, or settings of TLS (openssl-env(7), curl's manual, "ENVIRONMENT";
#: Requests, "SSL Cert Verification"; node(1), ENVIRONMENT; botocore, AWS_CA_BUNDLE; git-config(1), http.sslCAInfo).
_TRUST = frozenset(
    "SSL_CERT_FILE OPENSSL_CONF CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS AWS_CA_BUNDLE"
    " GIT_SSL_CAINFO".split()
)
_FOLDERS_OF_DEFAULT = frozenset(DEFAULT_PATH.split(":"))


def inherited_lines(
    project: Project, started: tuple[str, ...], run_by: tuple[str, ...] = (), read: frozenset[str] = frozenset()
) -> tuple[list[Line], list[Line]]:
    """What the base image configures and the next base would not: stated again.

    PATH is, where a program in use lies in a folder that it alone names (golang's /go/bin), or an interpreter runs what
    packages put into one (Ruby's /usr/local/bundle/bin).

    Args:
        project: what reading gave, and an engine where one was asked.
        started: the programs in use, as the running image has them.
        run_by: the toolchains whose interpreters run something.
        read: variables that something else is known to read.
    """
    base, trace = project.base, project.trace
    if not isinstance(base, ImageFacts):
        return [], []
    built, own = _built(project), frozenset(trace.final.env_set)
    head = [
        Line(f"ENV {name}={_quoted(value)}")
        for name, value in ((name, built.get(name) if known is None else known) for name, known in base.env)
        if value is not None
        and name not in own
        and (name in read or _is_read(base, name, run_by) or (name == "PATH" and _searched(value, started, run_by)))
    ]
    said = {s.node.keyword for s in trace.steps}
    tail = [Line(f"EXPOSE {' '.join(base.expose)}")] if base.expose else []
    tail += [Line("VOLUME " + exec_form(tuple(base.volumes)))] if base.volumes else []
    if base.stopsignal and "STOPSIGNAL" not in said:
        tail.append(Line(f"STOPSIGNAL {base.stopsignal}"))
    if base.user and "USER" not in said:
        tail.append(Line(f"USER {base.user}"))
    return head, tail


def shared_variables(project: Project, target: RuntimeTarget) -> frozenset[str]:
    """Variables of which only the names are known, and which the small member of the same family sets alike."""
    if not target.same_family or not isinstance(project.base, ImageFacts):
        return frozenset()
    return frozenset(name for name, value in project.base.env if value is None)


def stated_by(project: Project, target: RuntimeTarget) -> frozenset[str]:
    """The lines of :func:`inherited_lines` for what ``target`` sets by itself: to the same value, or its own home."""
    base, facts = project.base, target.facts
    if not isinstance(base, ImageFacts) or facts is None:
        return frozenset()
    own, there, built = project.trace.final.env_set, dict(facts.env), _built(project)
    return frozenset(
        f"ENV {name}={_quoted(value)}"
        for name, value, known in ((n, built.get(n) if v is None else v, v is not None) for n, v in base.env)
        if value is not None
        and name not in own
        and (
            there.get(name) == value
            or name in _OWN & there.keys()
            # It says its own release.
            or (not known and name in there and _OF_BUILDS.fullmatch(name) is not None)
        )
    )


def _built(project: Project) -> Mapping[str, str]:
    return environment(project.evidence.built) if project.evidence.built is not None else {}


def named_files(project: Project) -> Iterator[Need]:
    """Files of the base image that a variable says to trust: nothing is read of them before a connection is made."""
    built = project.evidence.built
    if built is None:
        return
    from imgslim.evidence.contents import EntryKind  # noqa: PLC0415  (only where an image was looked into)

    for name, value in project.trace.final.env.items():
        if name not in _TRUST or not isinstance(value, str) or not value.startswith("/") or value == TRUST_STORE.path:
            continue
        entry = built.get(value)
        if entry is not None and entry.kind is EntryKind.FILE:
            yield Need(NeedKind.FILE, value, f"{name} says to trust {value}")


def _is_read(base: ImageFacts, name: str, run_by: tuple[str, ...]) -> bool:
    """Tell whether libraries or interpreters read a variable by themselves, when they first need it or later.

    What an image sets that no table knows somebody set for programs like this one.
    """
    if not base.family and base.origin == "engine" and _OF_BUILDS.fullmatch(name) is None:
        return True
    return _is_read_by(name, run_by)


@lru_cache(maxsize=256)  # there are few base images, and many files on one
def _is_read_by(name: str, run_by: tuple[str, ...]) -> bool:
    """Tell whether libraries read a variable, or these interpreters."""
    return _READ_BY_LIBRARIES.fullmatch(name) is not None or any(
        pattern.fullmatch(name) for tool in run_by if (pattern := _READ_BY_INTERPRETERS.get(tool)) is not None
    )


def _searched(path: str, started: tuple[str, ...], run_by: tuple[str, ...]) -> bool:
    """Tell whether a folder that PATH alone names holds a program in use, or scripts that packages came with."""
    folders = set(path.split(":")) - _FOLDERS_OF_DEFAULT
    return bool(folders and run_by) or any(program.rpartition("/")[0] in folders for program in started)


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[\w./:@%+,=-]+", value) else '"' + re.sub(r'(["\\$])', r"\\\1", value) + '"'


def unsettled(project: Project, read: frozenset[str]) -> tuple[str, ...]:
    """Those of the variables that the base image sets to what neither its tag nor a look into the image settles."""
    base = project.base
    if not isinstance(base, ImageFacts):
        return ()
    own, built = project.trace.final.env_set, _built(project)
    return tuple(n for n, value in base.env if n in read and n not in own and value is None and n not in built)


def lost_variables(
    project: Project, started: tuple[str, ...] = (), run_by: tuple[str, ...] = (), read: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Say which of the base image's variables end with the builder stage."""
    if isinstance(project.base, ImageFacts):
        own, built = frozenset(project.trace.final.env_set), _built(project)
        names = [
            name
            for name, value in project.base.env
            if name not in own
            and (name not in read or (value is None and name not in built))
            and value != DEFAULT_PATH
            and not _is_read(project.base, name, run_by)
            and not (name == "PATH" and value is not None and _searched(value, started, run_by))
        ]
        if names:
            yield f"The base image's own {', '.join(names)} end with the build stage."
