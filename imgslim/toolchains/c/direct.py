"""Compilers and file tools that the Dockerfile itself runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.driver import compiler, invocation
from imgslim.toolchains.c.names import strip_prefix
from imgslim.toolchains.c.products import Extra, product
from imgslim.toolchains.c.ways import Hands, direct_ways
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.meaning.trace import Word
    from imgslim.model import Way
    from imgslim.toolchains.c.reading import Reading
    from imgslim.toolchains.c.session import Session, Site
    from imgslim.toolchains.c.units import Unit


def follow(session: Session, site: Site) -> None:
    """Run a command on paper and note the programs and libraries that it makes."""
    argv = strip_prefix(site.argv)
    is_compiler = bool(argv) and compiler(argv[0]) is not None
    made = session.shop.run(site.argv, site.cwd, certain=not site.command.conditional)
    if not is_compiler:
        _pass_hands(session, site, made)
        return
    session.claim(site)
    hands = _hands(session, site, argv)
    if hands is not None:
        for unit in session.shop.made_by(argv):
            session.hands.setdefault(unit.path, hands.compilers)
    for unit in made:
        reading = session.reader.read(unit.sources)
        ways = () if hands is None else _ways(session, site, unit, reading, hands)
        session.products.append(product(session, site, unit, reading, Extra(ways=ways)))


def _pass_hands(session: Session, site: Site, made: list[Unit]) -> None:
    """An archive is in the hands of its members' compilers."""
    argv = strip_prefix(site.argv)
    for unit in session.shop.made_by(argv) if argv else ():
        if unit.path not in session.hands:
            words = [w for a in unit.argv for w in session.hands.get(join(site.cwd, a), ())]
            if words and unit not in made:
                session.hands[unit.path] = tuple(dict.fromkeys(words))


def _hands(session: Session, site: Site, argv: tuple[str, ...]) -> Hands | None:
    """The words of the file that name the compilers of everything that goes into this command's output."""
    at = len(site.argv) - len(argv)
    if at >= len(site.command.words):
        return None
    own = site.command.words[at]
    call = invocation(argv)
    words: list[Word] = []
    tools: list[str] = []
    for path in call.inputs if call is not None else []:
        full = join(site.cwd, path)
        if full in session.hands:
            words += session.hands[full]
        elif full in session.shop.units:
            tools.append("?")
    words = [*(w for w in dict.fromkeys(words) if w != own), own]
    tools += [compiler(w.value) or "?" if isinstance(w.value, str) else "?" for w in words]
    return Hands(tuple(words), tuple(tools))


def _ways(session: Session, site: Site, unit: Unit, reading: Reading, hands: Hands) -> tuple[Way, ...]:
    if site.json:
        return ()
    return direct_ways(unit, reading, session.project.base, hands)
