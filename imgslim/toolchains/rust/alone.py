"""``rustc`` by itself: one source file and its modules (the rustc book, "Command-line Arguments")."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.images import Libc
from imgslim.meaning.trace import Run
from imgslim.model import Linkage, Product, Way
from imgslim.text import Span
from imgslim.toolchains.mentions import only_embedded
from imgslim.toolchains.rust.linking import Evidence, judge_link
from imgslim.toolchains.rust.lock import Crates
from imgslim.toolchains.rust.needs import needs_of
from imgslim.toolchains.rust.products import product_of
from imgslim.toolchains.rust.rewriting import static_flags
from imgslim.toolchains.rust.site import Site, Unsettled
from imgslim.toolchains.rust.sources import read_sources
from imgslim.toolchains.tree import FilesTree, join
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Scope

_VALUED = frozenset(
    """
    -o -C --codegen --crate-name --crate-type --edition --emit --target --out-dir -L -l --cfg --extern --print
    -A -W -D -F --cap-lints --sysroot --error-format --color -Z --check-cfg
    """.split()
)


def compiled(site: Site, scope: Scope) -> list[Product] | Unsettled:
    """The product of one rustc command."""
    del scope
    options: dict[str, list[str]] = {}
    inputs: list[str] = []
    words = [w.value for w in site.command.words[1:]]
    at = 0
    while at < len(words):
        word = words[at]
        if isinstance(word, Unknown):
            return Unsettled(f"{site.command.words[at + 1].raw} is not settled")
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if not equals and name in _VALUED and at + 1 < len(words):
            at += 1
            value = words[at]  # type: ignore[assignment]
            if isinstance(value, Unknown):
                return Unsettled(f"the value of {name} is not settled")
        elif word[:2] in ("-C", "-o", "-l", "-L") and len(word) > 2:  # noqa: PLR2004
            name, value = word[:2], word[2:]
        if word.startswith("-") and word != "-":
            options.setdefault("-C" if name == "--codegen" else name, []).append(value)
        else:
            inputs.append(word)
        at += 1
    cwd = site.command.cwd
    if isinstance(cwd, Unknown):
        return Unsettled(f"its folder is not settled: {cwd.why}")
    kinds = [k for text in options.get("--crate-type", ["bin"]) for k in text.split(",")]
    if len(inputs) != 1 or "--emit" in options or kinds != ["bin"]:
        return [] if not inputs or kinds != ["bin"] else Unsettled("what it writes is not a program alone")
    return [_product(site, options, join(cwd, inputs[0]), cwd)]


def _product(site: Site, options: dict[str, list[str]], source: str, cwd: str) -> Product:
    tree = FilesTree(site.project.files.before(site.step, site.index))
    stem = options.get("--crate-name", [posixpath.basename(source).removesuffix(".rs")])[-1]
    path = (
        join(cwd, options["-o"][-1]) if "-o" in options else join(join(cwd, options.get("--out-dir", ["."])[-1]), stem)
    )
    sources = read_sources(tree, [(source, posixpath.dirname(source))])
    crates = Crates(own=(), complete="--extern" not in options)
    needs = needs_of(site.project, sources, crates)
    flags = " ".join(f"-C {value}" for value in options.get("-C", []))
    scripts = {"the command": "cargo:rustc-link-lib"} if options.keys() & {"-l", "--extern"} else {}
    target = options.get("--target", [None])[-1]
    link = judge_link(Evidence(site.project, sources, crates, needs, target, flags, scripts, site.shown.span))
    step = site.project.trace.steps[site.step]
    ways: tuple[Way, ...] = ()
    if (
        link.linkage is Linkage.DYNAMIC
        and not link.not_static
        and isinstance(step, Run)
        and step.node.exec_form is None
    ):
        end = site.command.words[0].span.end
        edit = Edit(Span(end, end), f" {static_flags(site.project)}")
        ways = (Way(Linkage.STATIC, Libc.GLIBC, (edit,), assumptions=link.assumptions, why="every source was read"),)
    own = [b.label for b in sources.bodies if tree.origin(source)]
    consumed = tuple(dict.fromkeys((*own, *only_embedded(sources.embedded, needs.opened, needs.assumptions))))
    return product_of(site, path, sources, needs, link, name=stem, consumed=consumed, ways=ways)
