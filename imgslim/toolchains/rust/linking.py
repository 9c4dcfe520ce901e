"""How a Rust program is linked, and whether it can be linked statically."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.model import Assumption, Linkage, Need, NeedKind
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.rust.crates import Links, linking_of
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.toolchains.rust.lock import Crates
    from imgslim.toolchains.rust.needs import Needs
    from imgslim.toolchains.rust.sources import Sources
    from imgslim.values import Value

#: ``-C target-feature=+crt-static`` (the Rust Reference, "Static and dynamic C runtimes").
_STATIC = regex(r"target-feature=[\w,+-]*\+crt-static")
_SHARED = regex(r"target-feature=[\w,+-]*-crt-static|prefer-dynamic")
_LINKS = regex(r"cargo::?(?:warning=)?(?:rustc-link-(?:lib|arg)|rustc-flags)|pkg_config|cc::Build|cmake::|bindgen")
_LINKS_LIB = regex(r"cargo::?rustc-link-(?:lib|arg)|cargo::?rustc-flags|pkg_config")
_LINK_ATTRIBUTE = regex(r"#\[link\(")
#: Modules that static glibc opens at run time, by kind of need (glibc manual, "Name Service Switch").
_MODULES = {
    NeedKind.NAME_SERVICE: "looks names up",
    NeedKind.USERS: "asks for users",
    NeedKind.PLUGIN: "opens libraries",
    NeedKind.GCONV: "converts character sets",
}


@dataclass(frozen=True, slots=True)
class Link:
    """How one program is linked."""

    linkage: Linkage
    libc: Libc | None
    #: Why there is no static way; "" where nothing keeps it from being static.
    not_static: str
    libraries: tuple[Need, ...]
    libraries_known: bool
    #: Of the static way.
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a program's linking is judged from."""

    project: Project
    sources: Sources
    crates: Crates
    needs: Needs
    #: The triple that is built for; None: the machine's own.
    target: Value | None
    rustflags: Value
    #: Build scripts of local packages that are linked in, as text by name.
    scripts: dict[str, str]
    span: Span


def judge_link(evidence: Evidence) -> Link:
    """Judge how a program is linked."""
    base = evidence.project.base
    libraries, known = _libraries(evidence)
    libc = _libc(evidence)
    flags = evidence.rustflags
    if isinstance(flags, Unknown) or isinstance(evidence.target, Unknown):
        return Link(Linkage.UNKNOWN, libc, "what steers the compiler is not settled", libraries, libraries_known=False)
    if _STATIC.search(flags) or (libc is Libc.MUSL and _static_by_default(evidence) and not _SHARED.search(flags)):
        if known and not libraries:
            return Link(Linkage.STATIC, libc, "", (), libraries_known=True)
        return Link(Linkage.UNKNOWN, libc, _stranger(libraries), libraries, libraries_known=known)
    own = (Need(NeedKind.LIBRARY, "gcc_s", "Rust's own code is linked with libgcc_s"), *libraries)
    obstacle = _obstacle(evidence, libraries, known=known)
    if not obstacle and libc is not Libc.GLIBC:
        obstacle = "the C library is not known to have a static form"
    if not obstacle and isinstance(base, ImageFacts) and base.static_libc is not True and base.package_manager != "apt":
        obstacle = "the base image is not known to hold libc.a"
    return Link(Linkage.DYNAMIC, libc, obstacle, own, known, _open_ends(evidence))


def _libc(evidence: Evidence) -> Libc | None:
    target = evidence.target
    if isinstance(target, str):
        return Libc.MUSL if "musl" in target else Libc.GLIBC if "gnu" in target else None
    base = evidence.project.base
    return base.libc if isinstance(base, ImageFacts) and target is None else None


def _static_by_default(evidence: Evidence) -> bool:
    """Tell whether the target links musl statically by default: rustup's do, Alpine's own package does not."""
    target = evidence.target
    if isinstance(target, str):
        return "alpine" not in target
    base = evidence.project.base
    return isinstance(base, ImageFacts) and base.family == "rust"


def _libraries(evidence: Evidence) -> tuple[tuple[Need, ...], bool]:
    """The system's libraries that crates and build scripts link, and whether those are all."""
    found: dict[str, Need] = {}
    crates = evidence.crates
    known = crates.complete and not evidence.sources.absent
    for name in crates.fetched:
        linking = linking_of(name, crates.wants[name])
        if linking.links is Links.LISTED:
            for library in linking.libraries:
                found.setdefault(library, Need(NeedKind.LIBRARY, library, f"{name} links -l{library}"))
        known = known and linking.links is not Links.UNKNOWN
    known = known and not any(_LINKS_LIB.search(text) for text in evidence.scripts.values())
    known = known and not any(_LINK_ATTRIBUTE.search(body.text) for body in evidence.sources.bodies)
    return tuple(found.values()), known


def _stranger(libraries: tuple[Need, ...]) -> str:
    return libraries[0].why if libraries else "not everything that is linked was read"


def _obstacle(evidence: Evidence, libraries: tuple[Need, ...], *, known: bool) -> str:
    """Why a static link is not known to be sound; "" where it is."""
    if libraries:
        return libraries[0].why
    if evidence.sources.absent:
        return f"{evidence.sources.absent} was not there to be read"
    for name, text in evidence.scripts.items():
        if _LINKS.search(text):
            return f"{name} may link a library"
    for body in evidence.sources.bodies:
        if _LINK_ATTRIBUTE.search(body.text):
            return f"{body.label} links a library"
    if not known:
        crates = evidence.crates
        unknown = (n for n in crates.fetched if linking_of(n, crates.wants[n]).links is Links.UNKNOWN)
        return f"what {next(unknown, 'a crate')} links was not read"
    need = next((n for n in evidence.needs.needs if n.kind in _MODULES), None)
    return need.why if need is not None else ""


def _open_ends(evidence: Evidence) -> tuple[Assumption, ...]:
    """What the static way rests on: that no crate opens modules of the C library at run time."""
    unread = (a for a in evidence.needs.assumptions if a.reason == "modules-unread")
    return tuple(Assumption(a.reason, a.message, evidence.span) for a in unread)
