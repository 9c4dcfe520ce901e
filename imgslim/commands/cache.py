"""``imgslim cache``: what is kept to be faster the next time, on this machine and on the engine."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from imgslim.commands.inputs import one_of
from imgslim.commands.output import give_json
from imgslim.engine.connect import connect
from imgslim.engine.kept import kept_on, remove_kept
from imgslim.errors import EngineOrSystemError
from imgslim.render import human
from imgslim.render.place import printable
from imgslim.verify.store import default_store

if TYPE_CHECKING:
    from imgslim.engine.connect import Engine


def run(action: str, form: str) -> int:
    """Show what is kept, or remove it.

    Raises:
        UsageError: there is no such action or format.
    """
    one_of("ACTION", action, ("show", "clear"))
    one_of("--format", form, ("text", "json"))
    store, engine = default_store(), _engine()
    removed: int | None = None
    if action == "clear":
        removed = store.clear() if store is not None else 0
        if engine is not None:
            removed += len(kept_on(engine)) - len(remove_kept(engine))
    sizes = store.sizes() if store is not None else {}
    things = kept_on(engine) if engine is not None else ()
    folder = None if store is None else str(store.folder)
    if form == "json":
        document = {
            "folder": folder,
            "entries": len(sizes),
            "bytes": sum(sizes.values()),
            "engine": None if engine is None else [{"kind": t.kind, "name": t.name, "bytes": t.size} for t in things],
            "removed": removed,
        }
        give_json(document)
        return 0
    lines = [] if removed is None else [f"removed: {removed}"]
    where = "nowhere: there is no home folder" if folder is None else printable(folder)
    lines.append(f"verdicts: {len(sizes)}, {human.size(sum(sizes.values()))}, in {where}")
    if engine is None:
        lines.append("engine: none answers")
    else:
        lines.append(f"engine: {len(things)} kept")
        lines += [
            f"  {t.kind} {printable(t.name)}" + ("" if t.size is None else f", {human.size(t.size)}") for t in things
        ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _engine() -> Engine | None:
    """The engine, where one answers."""
    if find_spec("docker") is None:
        return None
    try:
        return connect()
    except EngineOrSystemError:
        return None
