"""cmake, autotools and meson in the Dockerfile: their products, and the static way through their configure step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.images import ImageFacts, Libc
from imgslim.model import Linkage, Way
from imgslim.text import Span
from imgslim.toolchains.c.products import Extra, product
from imgslim.toolchains.c.units import Kind
from imgslim.toolchains.c.ways import static_obstacle, unread_assumption

if TYPE_CHECKING:
    from imgslim.toolchains.c.reading import Reading
    from imgslim.toolchains.c.session import Session, Site
    from imgslim.toolchains.c.units import Unit


def follow(session: Session, site: Site) -> None:
    """Run a build system's command on paper."""
    shop = session.shop
    session.claim(site)
    before = dict(shop.configured)
    known = len(shop.problems)
    made = shop.run(site.argv, site.cwd, site.env, certain=not site.command.conditional)
    for folder, build in shop.configured.items():
        if before.get(folder) is not build:
            session.configure_sites[folder] = site
    problems = shop.problems[known:]
    if not made and problems:
        session.give_up(site, f"What is built here could not be followed: {problems[0]}.")
    note(session, site, made)


def note(session: Session, site: Site, made: list[Unit]) -> None:
    """Note the products that a configured folder's build made."""
    for unit in made:
        reading = session.reader.read(unit.sources)
        ways, obstacle = _ways(session, unit, reading)
        sources = tuple(o for f in unit.files if (o := session.tree.origin(f)) is not None)
        session.products.append(
            product(session, site, unit, reading, Extra(sources=sources, ways=ways, not_static=obstacle))
        )


def _ways(session: Session, unit: Unit, reading: Reading) -> tuple[tuple[Way, ...], str]:
    """The static way: a setting of the configure command, tried on paper."""
    base = session.project.base
    if unit.static or unit.kind is not Kind.PROGRAM:
        return (), "" if unit.static else "it is a shared library"
    obstacle = static_obstacle(unit, reading, base)
    if obstacle or not isinstance(base, ImageFacts):
        return (), obstacle
    for folder, site in session.configure_sites.items():
        trial = session.shop.configured[folder].static_trial()
        if trial is None or site.json:
            continue
        words, build = trial
        others = {u.path: u for u in [*build.build((), unit.argv), *build.build(("install",), unit.argv)]}
        other = others.get(unit.path)
        if other is not None and other.static and other.sources == unit.sources and other.libs == unit.libs:
            end = site.word.span.end
            edit = Edit(Span(end, end), f" {words}")
            why = f"{words} reaches the link, and no source opens a library at run time"
            assumed = unread_assumption(reading, site.command.span)
            return (Way(Linkage.STATIC, base.libc or Libc.GLIBC, (edit,), gate=True, assumptions=assumed, why=why),), ""
    return (), "no setting of its configure step reaches its link for certain"
