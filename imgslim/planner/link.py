"""Link: the least change after which a program finds its libraries on a target (shared tables in docs/explanation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.meaning.trace import Copy, Run
from imgslim.model import Assumption, Declined, Linkage, NeedKind
from imgslim.planner.build import Linked
from imgslim.planner.libraries import comes_with_compiler, linker_name
from imgslim.planner.look import glibc_asked
from imgslim.planner.opened import opened_by_name, opening, opens_libraries
from imgslim.records import replace

if TYPE_CHECKING:
    from imgslim.model import Project, RuntimeTarget, Way
    from imgslim.planner.build import Build, Used

#: Linker names that glibc itself holds; since 2.34 all but libm are empty shells inside libc.so.6.
GLIBC_OWN = frozenset({"c", "m", "pthread", "dl", "rt", "resolv", "util", "anl", "crypt_nss"})

#: Debian's and Ubuntu's own addition to the loader's folders (/etc/ld.so.conf.d/libc.conf).
_BY_SETTINGS = ("/usr/local/lib",)
#: Since this release of glibc files and dns are no modules of their own.
_NAMES_IN_LIBC = (2, 34)


def link(project: Project, build: Build, target: RuntimeTarget, libc: str = "") -> Linked | Declined:
    """Decide how the programs in use are linked on ``target``.

    Args:
        project: what reading gave.
        build: the recognised build.
        target: where it goes.
        libc: ``musl`` or ``glibc`` where the user asked for one, else "".
    """
    programs = [u for u in build.used if u.product.executable]
    shared = [u for u in build.used if u.product.shared]
    plugins = bool(shared) or opens_libraries(build)
    dynamic = [u for u in programs if u.product.linkage is not Linkage.STATIC]
    if not dynamic and (not libc or not programs):
        return (
            replace(_opened(project, build), notes=_notes(programs))
            if build.applications
            else Linked(notes=_notes(programs))
        )
    if libc == "musl":
        return _by_ways(programs, Libc.MUSL, None, target) or _no_musl(programs)
    offered = target.facts.libc if target.facts is not None else Libc.NONE
    own = {u.product.libc or _base_libc(project) for u in dynamic}
    if offered is None:
        return _unknown_target(build, target)
    base = _base_libc(project)
    foreign = next((u for u in dynamic if base is not None and u.product.libc not in {None, base}), None)
    # Of a builder that is not known: a set laid over the target's own would leave the target's shell without its own.
    if own == {offered} or (own == {None} and offered is Libc.GLIBC):
        kept = _kept(project, build, target, dynamic, shared)
        if not isinstance(kept, Declined) and not kept.assumptions:
            return kept
        static = None if plugins else _by_ways(dynamic, None, Linkage.STATIC, target)
        most = 1 if isinstance(kept, Declined) else len(kept.assumptions)
        return static if static is not None and len(static.assumptions) < most else kept
    if offered is Libc.MUSL and not plugins:
        built = _by_ways(dynamic, Libc.MUSL, Linkage.DYNAMIC, target)
        if built is not None:
            return built
    static = None if plugins else _by_ways(dynamic, None, Linkage.STATIC, target)
    if static is not None and not static.assumptions:
        return static
    closure = _mismatch(foreign) if foreign else _closure(project, build, dynamic, shared)
    if isinstance(closure, Linked) and len(closure.assumptions) <= (len(static.assumptions) if static else 99):
        return closure
    return static or closure


def _opened(project: Project, build: Build) -> Linked:
    """Libraries that an application opens by name: no program of the build is there to bring them."""
    return Linked(
        opened=tuple(n for n in opened_by_name(build) if linker_name(n) not in GLIBC_OWN),
        cached=_base_libc(project) is Libc.GLIBC,
        assumptions=tuple(opening(build, build.applications[0].span or project.trace.node.span)),
    )


def _notes(programs: list[Used]) -> tuple[str, ...]:
    return tuple(f"{u.wanted_at} is static: it needs no library of the target." for u in programs)


def modular_names(project: Project) -> bool:
    """Tell whether the builder's glibc may still open ``libnss_files`` and ``libnss_dns`` (glibc NEWS 2.34)."""
    base = project.base
    if not isinstance(base, ImageFacts) or base.libc is not Libc.GLIBC:
        return False
    low = base.libc_version.low
    return low is None or low < _NAMES_IN_LIBC


def _may_ask_for_names(build: Build, dynamic: list[Used]) -> bool:
    """Tell whether a program, or a library that it is linked with, looks up names or users."""
    if any(n.value != "home" for n in build.needing(NeedKind.NAME_SERVICE, NeedKind.USERS)) or any(
        not u.product.libraries_known for u in dynamic
    ):
        return True
    return not all(comes_with_compiler(linker_name(n.value)) for n in build.needing(NeedKind.LIBRARY))


def _mismatch(used: Used) -> Declined:
    """The builder's own loader and ldd know nothing of a program that is linked with another C library."""
    libc = used.product.libc.value if used.product.libc is not None else "another C library"
    return Declined(
        "libc-mismatch",
        f"{used.wanted_at} is linked with {libc} and the builder has another C library: nothing there says which "
        "libraries the program loads.",
        used.product.command.span,
        "Link it statically, build it on an image with that C library, or choose a target that has it.",
    )


def _base_libc(project: Project) -> Libc | None:
    return project.base.libc if isinstance(project.base, ImageFacts) else None


def _unknown_target(build: Build, target: RuntimeTarget) -> Linked:
    """An image that we have no facts of: untouched, and that is an assumption."""
    why = f"What {target.reference} offers is not known: that its C library fits is not proven."
    return Linked(assumptions=(Assumption("unknown-target", why, build.used[0].product.command.span),))


def _no_musl(programs: list[Used]) -> Declined:
    return Declined(
        "no-musl-way",
        "The program can't be linked with musl: " + (programs[0].product.not_static or "its toolchain offers no way."),
        programs[0].product.command.span,
    )


def _by_ways(programs: list[Used], libc: Libc | None, linkage: Linkage | None, target: RuntimeTarget) -> Linked | None:
    """Link every program the first way that fits; None where one of them has no such way."""
    chosen: list[tuple[Used, Way]] = []
    for used in programs:
        fitting = [
            way for way in used.product.ways
            if (libc is None or way.libc is libc) and (linkage is None or way.linkage is linkage)
        ]  # fmt: skip
        if libc is Libc.MUSL and linkage is None and target.facts is not None and target.facts.libc is Libc.MUSL:
            fitting.sort(key=lambda w: w.linkage is Linkage.STATIC)
        if not fitting:
            return None
        chosen.append((used, fitting[0]))
    edits = tuple(dict.fromkeys(edit for _, way in chosen for edit in way.edits))
    packages = tuple(dict.fromkeys(name for _, way in chosen for name in way.packages))
    return Linked(
        edits=edits,
        packages=packages,
        gates=tuple(u.path for u, way in chosen if way.gate),
        assumptions=tuple(dict.fromkeys(a for _, way in chosen for a in way.assumptions)),
        notes=tuple(f"{u.wanted_at} is linked anew: {way.why}" for u, way in chosen if way.why),
    )


def _kept(
    project: Project, build: Build, target: RuntimeTarget, dynamic: list[Used], shared: list[Used]
) -> Linked | Declined:
    """Programs stay as built; the libraries that the target lacks come along."""
    span = dynamic[0].product.command.span
    assumptions = list(opening(build, span))
    if not target.same_family:
        order = _compare(project, target, dynamic)
        if order == "newer":
            return Declined(
                "newer-libc",
                _too_new(project, target, [u.path for u in dynamic]),
                span,
                "Take a target of the builder's release, or scratch, where the loader and its libraries come along.",
            )
        if order == "open":
            why = f"Whether the C library of {target.reference} is as new as the builder's is not settled by the tags."
            assumptions.append(Assumption("libc-version-unproven", why, span))
    if _base_libc(project) is Libc.MUSL and any(not u.product.libraries_known for u in dynamic):
        why = "Which libraries the program is linked with was not followed."
        assumptions.append(Assumption("libraries-unproven", why, span))
    base = _base_libc(project)
    if base is None:
        why = "The builder's C library is not known, so whether the target has the same is not either."
        assumptions.append(Assumption("unknown-base", why, project.trace.node.span))
    opened = tuple(n for n in opened_by_name(build) if linker_name(n) not in GLIBC_OWN)
    if not opened and not _lacks(build, dynamic, target):
        return Linked(assumptions=tuple(assumptions), notes=(f"{target.reference} has every library that is linked.",))
    foreign = next((u for u in dynamic if base is not None and u.product.libc not in {None, base}), None)
    if foreign is not None:
        return _mismatch(foreign)
    return Linked(
        closure=(*(u.path for u in dynamic), *(u.path for u in shared)),
        cached=base is Libc.GLIBC,
        opened=opened,
        laid=_laid(project, shared),
        search=_search(project),
        maybe_static=any(u.product.linkage is Linkage.UNKNOWN for u in dynamic),
        assumptions=tuple(assumptions),
        notes=(f"Libraries that {target.reference} lacks are copied from the builder.",),
    )


def _too_new(project: Project, target: RuntimeTarget, programs: list[str]) -> str:
    asked = glibc_asked(project, programs)
    if asked is not None:
        version = ".".join(map(str, asked))
        return f"{programs[0]} or one of its libraries asks for GLIBC_{version}; that of {target.reference} is older."
    return (
        f"The builder's C library is newer than that of {target.reference}: a program linked against it may "
        "ask for symbols that are not there."
    )


def _laid(project: Project, shared: list[Used]) -> tuple[str, ...]:
    """Libraries in folders that a loader searches only because its settings say so (ld.so.conf(5))."""
    built = project.evidence.built
    folders = _BY_SETTINGS if built is None else (*_BY_SETTINGS, *built.library_folders)
    return tuple(u.path for u in shared if u.path == u.wanted_at and u.path.rpartition("/")[0] in folders)


def _search(project: Project) -> str:
    """Where the running program's loader looks first: an ENV after the last build step is not there in that stage."""
    name, steps = "LD_LIBRARY_PATH", project.trace.steps
    value = project.trace.final.env.get(name, "")
    last = next((s for s in reversed(steps) if isinstance(s, Run | Copy)), None)
    there = last.scope.env.get(name, "") if last is not None else ""
    return value if isinstance(value, str) and value != there else ""


def _lacks(build: Build, dynamic: list[Used], target: RuntimeTarget) -> bool:
    """Tell whether a program may need a shared library beyond the target's C library.

    Debian's C library brings the compiler's own along (the dependencies of its package libc6).
    """
    if any(not u.product.libraries_known for u in dynamic):
        return True
    brought = {"gcc_s"} if target.facts is not None and target.facts.package_manager == "apt" else set()
    names = {n.value for n in build.needing(NeedKind.LIBRARY)} - GLIBC_OWN - brought
    return bool(names)


def _compare(project: Project, target: RuntimeTarget, dynamic: list[Used]) -> str:
    """``fits``, ``newer`` (the builder's libc is surely newer) or ``open``."""
    base, facts = project.base, target.facts
    if (asked := glibc_asked(project, [u.path for u in dynamic])) is not None and facts is not None:
        low, high = facts.libc_version.low, facts.libc_version.high
        if facts.libc is Libc.GLIBC and low is not None:
            return "fits" if asked <= low else "newer" if high is not None and asked > high else "open"
    if (
        not isinstance(base, ImageFacts)
        or facts is None
        or any(u.product.libc not in {None, base.libc} for u in dynamic)
    ):
        return "open"
    low, high, have = base.libc_version.low, base.libc_version.high, facts.libc_version.low
    if high is not None and have is not None and high <= have:
        return "fits"
    top = facts.libc_version.high
    return "newer" if low is not None and top is not None and low > top else "open"


def _closure(project: Project, build: Build, dynamic: list[Used], shared: list[Used]) -> Linked | Declined:
    """Programs stay as built and bring loader, C library and the rest as one set."""
    span = dynamic[0].product.command.span
    assumptions = list(opening(build, span))
    if _base_libc(project) is None:
        why = "The builder's C library is not known, so how its loader finds libraries is not either."
        assumptions.append(Assumption("unknown-base", why, project.trace.node.span))
    return Linked(
        closure=(*(u.path for u in dynamic), *(u.path for u in shared)),
        whole=True,
        cached=_base_libc(project) is Libc.GLIBC,
        opened=opened_by_name(build),
        laid=_laid(project, shared),
        name_service=modular_names(project) and _may_ask_for_names(build, dynamic),
        search=_search(project),
        maybe_static=any(u.product.linkage is Linkage.UNKNOWN for u in dynamic),
        assumptions=tuple(assumptions),
        notes=tuple(
            f"{u.wanted_at} brings its loader and libraries"
            + (f": {u.product.not_static}" if u.product.not_static else ".")
            for u in dynamic
        ),
    )
