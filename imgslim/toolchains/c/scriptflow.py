"""Build scripts that the Dockerfile runs: ``./build.sh``, ``sh make-all.sh``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.make.run import Outcome
from imgslim.toolchains.c.names import installs
from imgslim.toolchains.c.products import Extra, product
from imgslim.toolchains.c.script import builds, run_script, script_path
from imgslim.toolchains.c.ways import static_obstacle

if TYPE_CHECKING:
    from imgslim.toolchains.c.session import Session, Site


def follow(session: Session, site: Site) -> None:
    """Run a script on paper where it runs a compiler or a build system; leave any other to others."""
    path = script_path(site.argv, site.cwd, session.tree)
    text = session.tree.text(path) if path is not None else None
    if path is None or text is None or not builds(text):
        return
    out = Outcome()
    run_script(session.shop, path, site.cwd, site.env, out)
    if not any(map(installs, out.ran)):
        session.claim(site)
    made = {u.path: u for u in out.made if u.path in session.shop.units}
    problems = [*out.problems, *session.shop.problems]
    if not made:
        why = problems[0] if problems else "no command in it makes a program"
        session.give_up(site, f"What the script {path} builds could not be followed: {why}.")
    for unit in made.values():
        reading = session.reader.read(unit.sources)
        obstacle = static_obstacle(unit, reading, session.project.base) or "a script links it, not the Dockerfile"
        names = tuple(o for f in (*out.files, *unit.files) if (o := session.tree.origin(f)) is not None)
        extra = Extra(sources=names, not_static="" if unit.static else obstacle)
        session.products.append(product(session, site, unit, reading, extra))
