"""Python: what pip, poetry, pipenv, uv and pdm install, and the program that the image's interpreter runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Findings
from imgslim.records import dataclass
from imgslim.toolchains.first_names import beginnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, Declined, EntryBuild, Project
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value

_BEGINNINGS = beginnings(
    "pip", "python", "poetry", "pipenv", "uv", "pdm", "virtualenv", "easy_install", "conda", "mamba", "micromamba",
    "pyenv", "pipx", "hatch",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Python:
    """The Python toolchain."""

    name: str = "python"
    summary: str = "pip, venv, poetry, pipenv, uv, pdm; scripts, modules and console scripts of the image's Python"

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:  # noqa: ARG002
        """Tell whether a word near the start of one is an installer's name or Python's."""
        return names.any_begins(_BEGINNINGS)

    def find(self, project: Project) -> Findings:
        """Find which commands only install; what they put somewhere is told where the program is started."""
        from imgslim.toolchains.python.installs import commands_of  # noqa: PLC0415  (loaded only where there is Python)

        return Findings((), commands_of(project))

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryBuild | None:  # noqa: ARG002
        """What starts a Python program is never said otherwise."""
        return None

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
        """Tell which program the image's Python runs: a script, a module, a console script."""
        from imgslim.toolchains.python.started import is_python, may_be_ours  # noqa: PLC0415

        if not argv or not (is_python(argv[0]) or may_be_ours(argv[0], project)):
            return None
        from imgslim.toolchains.python.application import application  # noqa: PLC0415

        return application(argv, cwd, project)


TOOLCHAIN = Python()

__all__ = ["TOOLCHAIN", "Python"]
