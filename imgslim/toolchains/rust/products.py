"""Products: a Rust program whose sources were read, as the planner takes it, whoever compiled it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Assumption, Product

if TYPE_CHECKING:
    from imgslim.model import Way
    from imgslim.toolchains.rust.linking import Link
    from imgslim.toolchains.rust.needs import Needs
    from imgslim.toolchains.rust.site import Site
    from imgslim.toolchains.rust.sources import Sources


def product_of(
    site: Site,
    path: str,
    sources: Sources,
    needs: Needs,
    link: Link,
    *,
    name: str,
    consumed: tuple[str, ...],
    ways: tuple[Way, ...] = (),
) -> Product:
    """The program at ``path``.

    Args:
        site: the command that makes it.
        path: where it lies right after that.
        sources: what was read of it.
        needs: what that says it needs.
        link: how it is linked.
        name: for people.
        consumed: context paths that it is made of.
        ways: other ways to link it.
    """
    open_ends = list(needs.assumptions)
    if sources.absent:
        why = f"What {name} needs when it runs was not all read: {sources.absent} is not there."
        open_ends.append(Assumption("sources-unread", why, site.shown.span))
    return Product(
        toolchain="rust",
        path=path,
        is_folder=False,
        command=site.shown,
        step=site.step,
        index=site.index,
        executable=True,
        shared=False,
        linkage=link.linkage,
        libc=link.libc,
        needs=(*link.libraries, *needs.needs),
        libraries_known=link.libraries_known,
        ways=ways,
        not_static=link.not_static,
        sources=consumed,
        mentions=needs.mentions,
        assumptions=tuple(open_ends),
    )
