"""Assemble: the steps appended to the build stage, and the runtime stage's lines, from what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Line
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Preparation, RuntimeTarget
    from imgslim.planner.build import Linked
    from imgslim.planner.configure import Configured
    from imgslim.planner.entry import EntryPlan
    from imgslim.planner.together import Copied

#: Where the build stage lays out what goes to the runtime stage as a tree.
STAGING = "/runtime"
#: Where libraries are laid out that can't go to the root as one tree: a folder is not put over a link (/lib).
LIBRARIES = "/libraries"
#: glibc's own libraries and its loader: the target's own set is used, never a mix of two (ld.so(8)).
_GLIBC_SET = r"/(lib(c|m|dl|rt|pthread|resolv|util|anl|nsl|nss_[a-z]+)|ld-linux[^/ ]*)\.so[.0-9]* \("
#: glibc's modules for names and users before 2.34, with what they are linked with (nsswitch.conf(5)).
_NAME_MODULES = r"lib(nss_(compat|dns|files)|nsl|resolv)\.so\.[0-9]+"
#: Top folders that loaders and libraries lie in, whatever the architecture.
_TOPS = ("etc", "lib", "lib64", "usr")
#: ldd of glibc and of musl on a program without an interpreter.
_STATIC = "not a dynamic executable|statically linked|[Nn]ot a valid dynamic program"
#: Characters of paths that one line of a COPY holds.
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Staged:
    """One shell fragment that lays something out under :data:`STAGING`, and why."""

    shell: str
    why: str


def builder_lines(
    target: RuntimeTarget,
    linked: Linked,
    staged: tuple[Staged, ...],
    prepared: tuple[Preparation, ...] = (),
    *,
    user: str,
    escape: str,
) -> Iterator[Line]:
    """The steps appended to the build stage."""
    roots = [f"mkdir -p {STAGING}"] if staged or (_gathers(linked) and linked.whole) else []
    fragments = [*roots, *_closure(linked, _root(target, linked)), *(s.shell for s in staged)]
    if (fragments or linked.gates or prepared) and user not in ("", "root", "0"):
        yield Line("USER root")
    if prepared:
        shell = prepared[0].shell if len(prepared) == 1 else "\n".join(["set -e", *map(_by_itself, prepared)])
        yield Line("RUN " + shell.replace("\n", f"; {escape}\n    "), "\n".join(step.why for step in prepared))
    for path in linked.gates:
        # No pipe: the file's SHELL may set pipefail, and ldd fails on a static program.
        check = f"ldd {quote(path)} > /tmp/linked 2>&1 || true; grep -E '{_STATIC}' /tmp/linked"
        yield Line(f"RUN {check}", f"{path} has to be static")
    if fragments:
        whys = [w for w in (_closure_why(linked), *(s.why for s in staged)) if w]
        parts = ["set -e", *fragments]
        yield Line("RUN " + f"; {escape}\n    ".join(parts), "\n".join(dict.fromkeys(whys)))


def _by_itself(step: Preparation) -> str:
    """A step that leaves the shell in the folder where the next one expects it."""
    return f"({step.shell})" if step.shell.startswith("cd ") else step.shell


def _gathers(linked: Linked) -> bool:
    return bool(linked.closure or linked.trees or linked.opened)


def _closure_why(linked: Linked) -> str:
    what = "The loader and the libraries" if linked.whole else "The libraries"
    if not linked.closure:
        return f"{what} of the system that modules are linked with, or open" if _gathers(linked) else ""
    return f"{what} of {', '.join(linked.closure)}; the build stops where one is not found"


def _root(target: RuntimeTarget, linked: Linked) -> str:
    """Where the closure is laid out: with everything else on an empty base, else by itself."""
    return STAGING if linked.whole and target.name == "scratch" else LIBRARIES


def _closure(linked: Linked, root: str) -> Iterator[str]:
    if not _gathers(linked):
        return
    tolerate = " || true" if linked.maybe_static else ""
    words = " ".join(quote(p) for p in linked.closure)
    ldd = f"LD_LIBRARY_PATH={quote(linked.search)} ldd" if linked.search else "ldd"
    if not linked.closure:
        yield ": > /tmp/libraries"
    elif len(linked.closure) == 1:
        yield f"{ldd} {words} > /tmp/libraries{tolerate}"
    else:
        yield f'for f in {words}; do {ldd} "$f"{tolerate}; done > /tmp/libraries'
    yield from _opened(linked)
    if linked.laid:
        yield f"printf 'opened => %s ()\\n' {' '.join(map(quote, linked.laid))} >> /tmp/libraries"
    if linked.closure:
        yield "if grep 'not found' /tmp/libraries; then exit 1; fi"
    if linked.trees:
        # What is not found here the original does not find either.
        yield _modules(linked)
        yield f'while read -r f; do {ldd} "$f" || true; done < /tmp/modules >> /tmp/libraries 2> /dev/null'
    if linked.whole:
        if root == LIBRARIES:
            yield f"mkdir -p {' '.join(f'{root}/{top}' for top in _TOPS)}"
        yield "grep -o '/[^ :]*' /tmp/libraries > /tmp/paths || true"
        yield from _outside(linked)
        if linked.name_service:
            yield f"ldconfig -p > /tmp/cache; sed -nE 's#.*=> (/.*/{_NAME_MODULES})$#\\1#p' /tmp/cache >> /tmp/paths"
        yield each_path(root, "--parents ") if root == STAGING else _by_top_folder(root)
        if linked.cached:
            # Folders that only ld.so.conf names (/usr/local/lib) are searched through the cache (ld.so(8)).
            yield f"cp -rL --parents /etc/ld.so.conf /etc/ld.so.conf.d {root}"
            yield f"ldconfig -r {root}"
    else:
        yield f"mkdir -p {root}"
        yield f"sed -nE '\\#{_GLIBC_SET}#d; s#.*=> (/[^ ]*).*#\\1#p' /tmp/libraries > /tmp/paths"
        yield from _outside(linked)
        yield each_path(root, "")


def _modules(linked: Linked) -> str:
    """List the shared libraries in the trees: with find, or as bash finds them (bash(1), "globstar")."""
    if linked.by_shell:
        files = " ".join(f"{pattern(tree)}/**/{pattern(name)}" for tree in linked.trees for name in linked.natives)
        without = "".join(f'case "$f" in */{pattern(name)}) continue;; esac; ' for name in linked.without)
        listed = f'{without}if [ -f "$f" ] && [ ! -L "$f" ]; then echo "$f"; fi'
        script = quote(f"for f in {files}; do {listed}; done")
        return f"bash -O globstar -O nullglob -O dotglob -c {script} > /tmp/modules"
    names = " -o ".join(f"-name {quote(name)}" for name in linked.natives)
    names = f"\\( {names} \\)" if len(linked.natives) > 1 else names
    without = "".join(f" ! -name {quote(name)}" for name in linked.without)
    return f"find {' '.join(map(pattern, linked.trees))} {names}{without} -type f > /tmp/modules"


def _opened(linked: Linked) -> Iterator[str]:
    """Where the loader finds what is opened by name: its cache with glibc, its folders with musl (dlopen(3))."""
    if not linked.opened:
        return
    names = " ".join(quote(n) for n in linked.opened)
    yield f"printf '%s\\n' {names} > /tmp/names"
    if linked.cached:
        yield "ldconfig -p > /tmp/cache"
        found = """awk -v n="$n" '$1 == n { print $NF; exit }' /tmp/cache"""
    else:
        found = 'find /lib /usr/local/lib /usr/lib -maxdepth 1 -name "$n"'
    yield f"while read -r n; do {found}; done < /tmp/names > /tmp/opened"
    # One that is not there could not be opened before either.
    yield 'while read -r l; do echo "opened => $l ()"; ldd "$l"; done < /tmp/opened >> /tmp/libraries'


def _outside(linked: Linked) -> Iterator[str]:
    """Leave out what lies in the trees, and what the target has: each once."""
    if not linked.trees:
        return
    inside = "|".join(tree.replace(".", r"\.").replace("*", "[^/]*") + "/" for tree in linked.trees)
    given = "|".join(name.replace(".", r"\.").replace("+", r"\+") for name in linked.given)
    names = f"|/({given})$" if given else ""
    yield f"sort -u /tmp/paths > /tmp/all; grep -vE '^({inside}){names}' /tmp/all > /tmp/paths || true"


def pattern(path: str) -> str:
    """A path as a shell word in which only ``*`` keeps its meaning."""
    return "/".join("*".join(quote(part) if part else "" for part in name.split("*")) for name in path.split("/"))


def _by_top_folder(root: str) -> str:
    """Copy every file that /tmp/paths names: those below folders that a base may have as links by themselves."""
    tops = "|".join(f"/{top}/*" for top in _TOPS)
    place = f'case "$l" in {tops}) r={root};; *) r={STAGING};; esac'
    return f'while read -r l; do {place}; cp -L --parents "$l" "$r"; done < /tmp/paths'


def each_path(root: str, option: str) -> str:
    """Copy every file that /tmp/paths names below ``root``: without a pipe, so that a failure stops the build."""
    return f'while read -r l; do cp -L {option}"$l" {root}; done < /tmp/paths'


def runtime_lines(  # noqa: PLR0917  (the parts of one stage, in the order they stand in it)
    target: RuntimeTarget,
    configured: Configured,
    linked: Linked,
    staged: tuple[Staged, ...],
    copied: tuple[Copied, ...],
    installs: tuple[Line, ...],
    entry: EntryPlan,
    stage: str,
    again: tuple[Line, ...] = (),
    *,
    escape: str,
) -> Iterator[Line]:
    """The runtime stage after its FROM."""
    yield from configured.head
    yield from installs
    user = tuple(line for line in configured.tail if line.text.split(None, 1)[0].upper() == "USER")
    rest = tuple(line for line in configured.tail if line not in user)
    yield from _staged_lines(target, linked, staged, stage)
    for item in copied:
        owner = f" --chown={item.chown}" if item.chown else ""
        words = _words((*item.sources, item.destination), escape)
        yield Line(f"COPY --from={stage}{owner} {words}", item.why)
    yield from again
    # A folder that WORKDIR makes belongs to the user in effect, as it did in the original (BuildKit).
    yield from (*user, *configured.workdir) if configured.user_first else configured.workdir
    yield from rest
    yield from () if configured.user_first else user
    yield from entry.lines


def _staged_lines(target: RuntimeTarget, linked: Linked, staged: tuple[Staged, ...], stage: str) -> Iterator[Line]:
    """One COPY of what was laid out; libraries on a base that has some go where its loader looks."""
    if _gathers(linked) and _root(target, linked) == LIBRARIES:
        yield from _library_lines(target, linked, stage)
    if staged or (_gathers(linked) and linked.whole):
        yield Line(f"COPY --from={stage} {STAGING}/ /")


def _library_lines(target: RuntimeTarget, linked: Linked, stage: str) -> Iterator[Line]:
    manager = target.facts.package_manager if target.facts is not None else None
    if linked.whole:
        yield from (Line(f"COPY --from={stage} {LIBRARIES}/{top}/ /{top}/") for top in _TOPS)
    elif manager == "apt":
        yield Line(f"COPY --from={stage} {LIBRARIES}/ /usr/local/lib/")
        yield Line("RUN ldconfig")
    elif manager in ("dnf", "yum", "microdnf"):
        yield Line(f"COPY --from={stage} {LIBRARIES}/ /usr/lib64/")
    else:
        yield Line(f"COPY --from={stage} {LIBRARIES}/ /usr/lib/")


def has_shell(target: RuntimeTarget) -> bool:
    """Tell whether the target surely has a POSIX shell at /bin/sh."""
    return target.facts is not None and bool(target.facts.has_shell)


def quote(path: str) -> str:
    """A path as a shell word."""
    import shlex  # noqa: PLC0415  (seldom needed, slow to import)

    return shlex.quote(path)


def _words(paths: tuple[str, ...], escape: str) -> str:
    """COPY's arguments: the JSON form where a path holds a blank (Dockerfile reference, COPY)."""
    if any(" " in path for path in paths):
        from imgslim.planner.entry import exec_form  # noqa: PLC0415

        return exec_form(paths)
    if len(paths) == 2:  # noqa: PLR2004  (one source, one destination)
        return " ".join(paths)
    lines = [""]
    for path in paths:
        if lines[-1] and len(lines[-1]) + len(path) >= _WIDTH:
            lines.append("")
        lines[-1] += f" {path}" if lines[-1] else path
    return f" {escape}\n    ".join(lines)
