"""Ruby: ``bundle install``, ``gem install``, and what ruby, rackup, puma or rails run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.search import searched
from imgslim.records import dataclass
from imgslim.toolchains.first_file import first_file
from imgslim.toolchains.first_names import beginnings
from imgslim.toolchains.ruby.traces import has_traces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, Declined, EntryBuild, EntryWords, Findings, Project
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value

#: Words that tell a command of this toolchain, by the beginning of the program's name.
_BEGINNINGS = beginnings("gem", "bundle", "ruby", "rake", "rails")


@dataclass(frozen=True, slots=True)
class Ruby:
    """The Ruby toolchain."""

    name: str = "ruby"
    summary: str = "bundle install, gem install; ruby, rackup, puma, rails, sidekiq, through bundle exec"

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:  # noqa: ARG002
        """Tell whether a word near the start of one is gem, bundle, ruby, rake or rails."""
        return names.any_begins(_BEGINNINGS)

    def find(self, project: Project) -> Findings:
        """Name the commands that only install gems; what they install goes along with the application."""
        from imgslim.toolchains.ruby.find import find  # noqa: PLC0415 (loaded only where Ruby is used)

        return find(project)

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryBuild | EntryWords | None:  # noqa: ARG002
        """No Ruby entry compiles first, and ``bundle exec`` is more than a detour: it sets which gems are seen."""
        return None

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
        """Tell which Ruby application is started."""
        if not _may_be_ours(argv[0], cwd, project):
            return None
        from imgslim.toolchains.ruby.application import application  # noqa: PLC0415 (loaded only for an entry)

        return application(argv, cwd, project)


def _may_be_ours(word: str, cwd: Value, project: Project) -> bool:
    """Tell whether a started program may be Ruby's: by its own name, its file's first line, or gems of the build."""
    if "ruby" in word or "bundle" in word or has_traces(project):
        return True
    found = first_file(project.files, searched(project.trace.final, word, cwd))
    return found is not None and b"ruby" in found[1][:200]


TOOLCHAIN = Ruby()

__all__ = ["TOOLCHAIN", "Ruby"]
