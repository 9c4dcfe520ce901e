"""Install: packages that the author installed and that a target of the same family gets again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.images import RPM_MANAGERS
from imgslim.model import Line, NeedKind
from imgslim.planner.assemble import quote
from imgslim.planner.commands import Packages, Unfollowed
from imgslim.planner.programs import comes_with_compilers, packages_with
from imgslim.planner.purposes import FOR_BUILDS
from imgslim.planner.rpm import options_of_rpm
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.evidence import Contents
    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build
    from imgslim.text import Span

#: With these a package may come from elsewhere than the distribution, or bring along what no package holds.
_OTHER_SOURCES = regex(
    r"/etc/ap[tk]|add-apt-repository|apt-add-repository|apt-key|--repository|nodesource|packagecloud|"
    r"/etc/(dnf|yum)|epel-release|rpmfusion|remi-release|config-manager|\bmodule\s+(-\S+\s+)*(enable|install|reset|switch-to)|"
    r"amazon-linux-extras|subscription-manager|--(enable|disable|from)?repo|--releasever|\bcopr\s|\brpm\s+(-\S+\s+)*-[iUF]|"
    r"://\S+\.rpm|(centos|ius|oracle)-[\w-]*release"
)
#: What these install goes along as a tree where it is an application's.
_INSTALLERS = regex(r"\b(pip3?|gem|npm|cpanm?)\s+install|\bcpan")
#: Options that name a release, a setting or an architecture in their next word.
WITH_VALUE = ("-t", "--virtual", "-o", "-c", "-X", "-p", "--target-release", "--option", "--config-file", "--root")
#: Those of RPM's managers (dnf(8)): with them packages are others, lie elsewhere, or stay what they were.
_CHOOSE = (
    "-c", "-x", "--config", "--exclude", "--disableexcludes", "--installroot", "--forcearch", "--advisory",
    "--security", "--nobest", "--best", "--skip-broken", "--downloadonly", "--downloaddir", "--setopt=*",
)  # fmt: skip
#: Packages of every Debian and Ubuntu image (dpkg -s, "Essential: yes"), and what they are made with.
_ESSENTIAL = frozenset(
    """
    apt base-files base-passwd bash bsdutils coreutils dash debconf debianutils diffutils dpkg findutils grep gzip
    hostname init-system-helpers libc-bin libc6 login mawk ncurses-base ncurses-bin passwd perl-base sed sysvinit-utils
    tar util-linux
    """.split()
)
#: How each manager's command is put around its words.
_COMMANDS = {
    "apt": ("apt-get update && apt-get install", " && rm -rf /var/lib/apt/lists/*"),
    "apk": ("apk add", ""),
    **{name: (f"{name} install", f" && {name} clean all") for name in RPM_MANAGERS},
}
#: Java's packages link manual pages of their own, and stop where a slim image has no folder for links to them (Debian
#: bug 863199; docker-library/openjdk makes it, too).
_WITH_MANUALS = regex(r"(default|openjdk-\d+)-j(re|dk)(-.+)?")
_MANUALS = "mkdir -p /usr/share/man/man1 && "
#: Apt-get installs what packages recommend as well, unless it is told otherwise (apt-get(8)).
_NO_MORE = "--no-install-recommends"
#: What each is told where no command of the original says how.
_OPTIONS = {"apt": ("-y", _NO_MORE), "apk": ("--no-cache",), **dict.fromkeys(RPM_MANAGERS, ("-y",))}


@dataclass(frozen=True, slots=True)
class Installed:
    """Some packages of one command of the original, for the sake of a program."""

    manager: str
    options: tuple[str, ...]
    #: As written, with versions.
    packages: tuple[str, ...]
    #: The program that is looked for afterwards; "" where the package is wanted for other files.
    program: str
    why: str
    #: The command of the original that installed it; None where the built image says that it is there.
    span: Span | None
    #: What the shell is to take away afterwards, as the original did.
    undone: tuple[str, ...] = ()


def installed(project: Project, build: Build, target: RuntimeTarget, program: str, why: str) -> Installed | None:
    """Find the packages that brought ``program`` into the original, where ``target`` can install the very same.

    A package that is named after the program holds it or needs the one that does; the line that is made of it asks.
    """
    manager = target.facts.package_manager if target.facts is not None else None
    if not target.same_family or manager not in _COMMANDS or not _from_the_distribution(project, build):
        return None
    name = program.rsplit("/", 1)[-1]
    stem = name.rstrip("0123456789.")
    holders = packages_with(name) if manager == "apt" else ()
    for ran in build.ran:
        if not isinstance(ran.effect, Packages) or not takes(target, ran.effect.manager):
            continue
        if not stem or not any(is_named(p, name) or is_named(p, stem) or p in holders for p in ran.effect.names):
            continue
        words = [w for w in ran.command.argv[1:] if isinstance(w, str)]
        options = options_for(target, words)
        if options is None:
            continue
        family = stem.split("-")[0]
        packages = tuple(
            w for w in words if not w.startswith("-") and ((p := w.split("=")[0]) in holders or is_named(p, family))
        )
        return Installed(manager, options, packages, program, why, ran.command.span)
    return None


def all_installed(project: Project, build: Build, target: RuntimeTarget, program: str, why: str) -> Installed | None:
    """All that the author installed to run with, where one of those packages has ``program`` under another name.

    The line asks for the program: where none of them has it, the build stops. Nothing where the base image itself may
    have brought it, or the built image was looked into: that says which package it is.
    """
    name = program.rsplit("/", 1)[-1]
    if not can_install(target) or project.evidence.built is not None or comes_with_compilers(name):
        return None
    if adds_sources(project) or not (build.applications or _from_the_distribution(project, build)):
        return None
    manager = str(target.facts.package_manager) if target.facts is not None else ""
    options: dict[str, None] = {}
    packages: dict[str, None] = {}
    for ran in build.ran:
        if isinstance(ran.effect, Packages) and takes(target, ran.effect.manager):
            words = [w for w in ran.command.argv[1:] if isinstance(w, str)]
            if manager == "apk" and any(w == "-t" or w.startswith("--virtual") for w in words):
                continue  # installed to be taken away again as one (apk(8), "--virtual")
            more = options_for(target, words)
            if more is None:
                return None
            options |= dict.fromkeys(more)
            wanted = {n for n in ran.effect.names if not FOR_BUILDS.fullmatch(n)}
            packages |= dict.fromkeys(w for w in words if w.split("=")[0] in wanted)
    return Installed(manager, tuple(options), tuple(packages), program, why, None) if packages else None


def takes(target: RuntimeTarget, manager: str) -> bool:
    """Tell whether a target's manager installs what another one did: all of RPM's are one."""
    own = target.facts.package_manager if target.facts is not None else None
    return own == manager or (own in RPM_MANAGERS and manager in RPM_MANAGERS)


def options_for(target: RuntimeTarget, words: Iterable[str]) -> tuple[str, ...] | None:
    """The options among an install's words, as the target's manager takes them; None where one says what to install."""
    options = tuple(w for w in words if w.startswith("-"))
    if target.facts is not None and target.facts.package_manager in RPM_MANAGERS:
        return None if any(o.startswith(_CHOOSE) for o in options) else options_of_rpm(options)
    return None if any(o.startswith(WITH_VALUE) for o in options) else options


def can_install(target: RuntimeTarget) -> bool:
    """Tell whether a target is of the builder's own family and has its package manager."""
    return target.same_family and target.facts is not None and target.facts.package_manager in _COMMANDS


def has_package(target: RuntimeTarget, package: str) -> bool:
    """Tell whether a target of the builder's own release surely has a package: of any image, or by what it holds."""
    facts = target.facts
    if not can_install(target) or facts is None or facts.package_manager != "apt":
        return False
    trust = bool(facts.ca_bundle) and package in ("ca-certificates", "openssl")
    return package in _ESSENTIAL or trust or (package == "tzdata" and bool(facts.tzdata))


def package_of(package: str, target: RuntimeTarget, need: Need) -> Installed:
    """The package that the built image says owns what is needed, for a target that :func:`can_install`."""
    program = need.value if need.kind in {NeedKind.COMMAND, NeedKind.SHELL} else ""
    return packages_of((package,), target, program, need.why)


def packages_of(packages: tuple[str, ...], target: RuntimeTarget, program: str, why: str) -> Installed:
    """Packages that the author installed for a program, for a target that :func:`can_install`."""
    manager = str(target.facts.package_manager) if target.facts is not None else ""
    return Installed(manager, _OPTIONS[manager], packages, program, why, None)


def closure(built: Contents, names: Iterable[str]) -> set[str]:
    """Packages with all that they can't be without."""
    depends = built.packages.depends if built.packages is not None else {}
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += depends.get(name, ())
    return found


def is_named(package: str, program: str) -> bool:
    """``python3``, ``php8.2-cli`` and ``git-lfs`` are named after python, php and git; ``ncurses`` is not after nc."""
    return re.fullmatch(rf"{re.escape(program)}[\d.]*(-.+)?", package) is not None


def install_lines(found: Iterable[Installed]) -> tuple[Line, ...]:
    """Install what was found: one line for each manager, and each program looked for."""
    found = tuple(found)
    lines = []
    for manager in dict.fromkeys(f.manager for f in found):
        mine = [f for f in found if f.manager == manager]
        # What the author installed with all that packages recommend may count on that: settings of those lie there.
        without = any(_NO_MORE not in f.options for f in mine)
        options = dict.fromkeys(o for f in mine for o in f.options if o != _NO_MORE or not without)
        packages = dict.fromkeys(p for f in mine for p in f.packages)
        programs = dict.fromkeys(f.program for f in mine if f.program)
        before, after = _COMMANDS[manager]
        if manager == "apt" and any(_WITH_MANUALS.fullmatch(p.split("=")[0]) for p in packages):
            before = _MANUALS + before
        words = " ".join(map(quote, (*options, *packages)))
        # Where packages are RPM's, which is one of its own, that images may lack.
        asked = (
            " && ".join(f"command -v {quote(program)}" for program in programs)
            if manager in RPM_MANAGERS
            else f"which {' '.join(map(quote, programs))}"
        )
        taken = tuple(dict.fromkeys(path for f in mine for path in f.undone))
        after += f" && rm -rf {' '.join(taken)}" if taken else ""
        why = "\n".join(dict.fromkeys(f"{f.program or f.packages[0]}: {f.why}" for f in mine))
        lines.append(Line(f"RUN {before} {words}{after}" + (f" && {asked}" if programs else ""), why))
    return tuple(lines)


def adds_sources(project: Project) -> bool:
    """Tell whether the file says that packages come from elsewhere than the distribution."""
    return bool(other_source(project))


def other_source(project: Project) -> str:
    """The first words of the file that say so; "" where none do."""
    found = _OTHER_SOURCES.search(project.dockerfile.text)
    return " ".join(found[0].split()) if found is not None else ""


def _from_the_distribution(project: Project, build: Build) -> bool:
    """Tell whether no step adds package sources or runs what reading does not follow."""
    if adds_sources(project) or (not build.applications and _INSTALLERS.search(project.dockerfile.text)):
        return False
    return not any(isinstance(r.effect, Unfollowed) and not r.build for r in build.ran)
