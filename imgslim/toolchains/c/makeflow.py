"""``make`` in the Dockerfile: its products, and the ways that reach the link through its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.images import ImageFacts, Libc
from imgslim.model import Linkage, Way
from imgslim.text import Span
from imgslim.toolchains.c import systemflow, systems
from imgslim.toolchains.c.driver import HOLE, compiler
from imgslim.toolchains.c.make.options import Options
from imgslim.toolchains.c.make.run import Make, Outcome
from imgslim.toolchains.c.names import installs
from imgslim.toolchains.c.products import Extra, product
from imgslim.toolchains.c.units import Kind
from imgslim.toolchains.c.ways import musl_obstacle, static_obstacle, unread_assumption

if TYPE_CHECKING:
    from imgslim.toolchains.c.reading import Reading
    from imgslim.toolchains.c.session import Session, Site
    from imgslim.toolchains.c.units import Unit
    from imgslim.toolchains.c.workshop import Workshop

_CLEANING = frozenset({"clean", "distclean", "mrproper", "check", "test", "uninstall", "dist", "depend"})


def follow(session: Session, site: Site) -> None:
    """Run a make on paper."""
    built = systems.run(session.shop, site.argv, site.cwd, site.env)
    if built is not None:
        session.claim(site)
        systemflow.note(session, site, built)
        if not built and session.shop.problems:
            session.give_up(site, f"What make builds here could not be followed: {session.shop.problems[-1]}.")
        return
    options = Options.read(site.argv[1:])
    if options.dry or (options.goals and set(options.goals) <= _CLEANING):
        session.claim(site)
        return
    if any(HOLE in word for word in (*options.goals, *options.folders, *options.files)):
        session.claim(site)
        session.give_up(site, "What make is asked for is not settled by reading.")
        return
    before = session.shop.fork()
    outcome = simulate(session.shop, site, options)
    made = {u.path: u for u in outcome.made if u.path in session.shop.units}
    if not any(map(installs, outcome.ran)) and (made or outcome.problems or not outcome.ran):
        # Recipes that make no program may make anything else, and so may what fetches packages.
        session.claim(site)
    if not made:
        nothing = "no recipe that it runs makes a program"
        why = outcome.problems[0] if outcome.problems else nothing
        if outcome.problems or not outcome.ran:
            session.give_up(site, f"What make builds here could not be followed: {why}.")
        return
    sources = tuple(o for f in outcome.files if (o := session.tree.origin(f)) is not None)
    for unit in made.values():
        reading = session.reader.read(unit.sources)
        ways, why_not = _ways(session, site, unit, reading, before)
        extra = Extra(sources=sources, ways=ways, not_static=why_not)
        session.products.append(product(session, site, unit, reading, extra))


def simulate(shop: Workshop, site: Site, options: Options) -> Outcome:
    """Run a make with ``options`` in ``shop``."""
    out = Outcome()
    Make(shop, site.env, out).run(options, site.cwd)
    return out


def _ways(session: Session, site: Site, unit: Unit, reading: Reading, before: Workshop) -> tuple[tuple[Way, ...], str]:
    """The ways through make's variables, each tried on paper; and why there is no static one."""
    if unit.static or unit.kind is not Kind.PROGRAM:
        return (), "" if unit.static else "it is a shared library"
    base = session.project.base
    obstacle = static_obstacle(unit, reading, base)
    if site.json:
        return (), obstacle or "the instruction is in exec form"
    ways: list[Way] = []
    if not obstacle and isinstance(base, ImageFacts):
        setting = _setting(site, unit, before, _STATIC)
        if setting is not None:
            why = f"make hands {setting} to the link, and no source opens a library at run time"
            ways.append(
                Way(Linkage.STATIC, base.libc or Libc.GLIBC, (_insert(site, setting),), gate=True,
                    assumptions=unread_assumption(reading, site.command.span), why=why)
            )  # fmt: skip
        else:
            obstacle = "no variable of the makefile reaches its link for certain"
    native = isinstance(base, ImageFacts) and base.libc is Libc.MUSL
    if not native and unit.tools <= {"gcc", "cc"} and not musl_obstacle(unit, reading, base):
        for linkage, settings in ((Linkage.STATIC, _MUSL_STATIC), (Linkage.DYNAMIC, _MUSL)):
            setting = _setting(site, unit, before, settings)
            if setting is not None:
                why = "it is C that uses standard headers alone"
                ways.append(
                    Way(
                        linkage,
                        Libc.MUSL,
                        (_insert(site, setting),),
                        ("musl-tools",),
                        gate=linkage is Linkage.STATIC,
                        why=why,
                    )
                )
    return tuple(ways), obstacle


#: Variables to try, in this order; ``+`` keeps the makefile's own value in front.
_STATIC = (
    {"LDFLAGS": "+-static"},
    {"CC": "+-static"},
    {"CXX": "+-static"},
    {"LDLIBS": "+-static"},
    {"LIBS": "+-static"},
)
_MUSL_STATIC = ({"CC": "musl-gcc", "LDFLAGS": "+-static"}, {"CC": "musl-gcc -static"})
_MUSL = ({"CC": "musl-gcc"},)


def _setting(site: Site, unit: Unit, before: Workshop, trials: tuple[dict[str, str], ...]) -> str | None:
    """The first setting with which the link of ``unit`` differs in just the wanted way."""
    options = Options.read(site.argv[1:])
    for trial in trials:
        values = {k: _value(site, before, options, k, v) for k, v in trial.items()}
        if any(v is None or HOLE in v or "'" in v for v in values.values()):
            continue
        if any(k in options.variables for k in values):
            continue
        changed = Options(
            options.goals, options.files, options.folders,
            {**options.variables, **{k: v for k, v in values.items() if v is not None}}, options.no_built_in,
        )  # fmt: skip
        shop = before.fork()
        outcome = simulate(shop, site, changed)
        other = shop.units.get(unit.path)
        if other is not None and _is_wanted(unit, other, trial) and outcome.ran:
            return " ".join(f"{k}={_quote(str(v))}" for k, v in values.items())
    return None


def _value(site: Site, before: Workshop, options: Options, name: str, wanted: str) -> str | None:
    """The value to set: with ``+``, what the makefile gives followed by the addition."""
    if not wanted.startswith("+"):
        return wanted
    shop = before.fork()
    makefile = simulate(shop, site, options).makefile
    own = makefile.expand(f"$({name})").strip() if makefile is not None else ""
    return f"{own} {wanted[1:]}".strip()


def _is_wanted(unit: Unit, other: Unit, trial: dict[str, str]) -> bool:
    """Tell whether the other link is the same but for ``-static`` and the compiler's name."""
    static = any("-static" in v for v in trial.values())
    musl = any("musl-gcc" in v for v in trial.values())
    same = (
        unit.sources == other.sources and unit.libs == other.libs and unit.strangers == other.strangers
        and unit.shared == other.shared and unit.special == other.special and unit.holes == other.holes
        and unit.kind is other.kind
    )  # fmt: skip
    if not same or other.static is not static:
        return False
    if musl and other.tools != {"musl-gcc"}:
        return False
    return _plain(unit.argv) == _plain(other.argv)


def _plain(argv: tuple[str, ...]) -> list[str]:
    return [a for a in argv if a != "-static" and compiler(a) is None]


def _insert(site: Site, setting: str) -> Edit:
    end = site.word.span.end
    return Edit(Span(end, end), f" {setting}")


def _quote(value: str) -> str:
    return f"'{value}'" if any(c in value for c in ' "$`\\;&|<>()*?[]#~') else value
