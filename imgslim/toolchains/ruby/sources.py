"""Which files of the project a Ruby program reads: requires followed, and what servers and frameworks load by rule.

Rules: rackup and every Rack server load config.ru of the working directory; puma reads config/puma.rb (its
documentation, "Configuration file"); Rails loads config/application.rb and whatever lies in app and lib (Zeitwerk).
Templates are code between text: which of them are rendered is said by names that are computed, so all are read.
"""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, inside
from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.toolchains.ruby.scan import read_script
from imgslim.values import known

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project
    from imgslim.toolchains.ruby.scan import Call, Script
    from imgslim.toolchains.ruby.started import Started
    from imgslim.values import Value

#: What each server or tool reads of the working directory without being told.
_BY_RULE = {
    "rackup": ("config.ru",),
    "puma": ("config.ru", "config/puma.rb", "config/puma/production.rb"),
    "unicorn": ("config.ru",),
    "unicorn_rails": ("config.ru", "config/unicorn.rb"),
    "thin": ("config.ru",),
    "falcon": ("config.ru", "falcon.rb"),
    "passenger": ("config.ru",),
    "shotgun": ("config.ru",),
    "rails": ("config.ru", "config/boot.rb", "config/application.rb", "config/puma.rb"),
    "sidekiq": ("config/environment.rb", "config/application.rb"),
    "rake": ("Rakefile", "rakefile", "Rakefile.rb", "config/application.rb"),
    "clockwork": ("config/environment.rb",),
}
#: Options whose next word is a file of Ruby that the program reads.
_FILE_OPTIONS = frozenset("-C --config -c --config-file -r --require -R --rackup -f --rakefile".split())
#: Folders that a framework loads whole, and those that only tests and tools read.
_LOADED = ("app", "lib", "config", "initializers", "models", "controllers", "helpers", "routes", "services")
_TESTS = regex(r"(^|/)(spec|test|tests|features|vendor/bundle|node_modules)/")
_CONFIG = regex(r".*\.(rb|ru)")
_TEMPLATE = regex(r".*\.(erb|rhtml)")
#: What stands between the text of a template (docs.ruby-lang.org, ERB, "Recognized Tags"): code, a comment, an escape.
_TAG = regex(r"<%(?P<kind>[%#]?)[-=]{0,2}(?P<code>.*?)-?%>", 16)
#: Files that one program is followed into.
_LIMIT = 3000


@dataclass(slots=True)
class Sources:
    """The program's own files, and what they require besides."""

    scripts: dict[str, Script] = field(default_factory=dict)
    #: Names that ``require`` looks for in gems and in the standard library.
    required: dict[str, None] = field(default_factory=dict)
    #: Why there may be more; "" where every name is literal.
    open_end: str = ""


def sources(project: Project, program: Started, cwd: Value, gems: Iterable[str] = ()) -> Sources:
    """Read what the program reads, from its first file on; ``gems`` are folders of gems that lie in the project."""
    return _Reader(project, program, cwd, [posixpath.join(gem, "lib") for gem in gems]).read()


class _Reader:
    def __init__(self, project: Project, program: Started, cwd: Value, gems: Iterable[str]) -> None:
        self.files = project.files
        self.program = program
        self.cwd = known(cwd)
        self.out = Sources()
        self.folders = [*program.folders, *gems]
        self.any_file = project.trace.entry.opens_with(("ruby",))

    def read(self) -> Sources:
        program = self.program
        todo = [p for name in program.required if (p := self._library(name, None)) is not None]
        if program.code:
            self._take(read_script(posixpath.join(self.cwd or "/", "-e"), program.code), todo)
        todo += [p for p in self._first() if self.files.read(p) is not None]
        if self.any_file:
            self._all(todo)
        first = bool(todo or self.out.scripts)
        while todo and len(self.out.scripts) < _LIMIT:
            path = todo.pop()
            if path in self.out.scripts:
                continue
            data = self.files.read(path)
            if data is not None:
                self._take(read_script(path, data.decode("utf-8", "replace")), todo)
        if not first:
            self.out.open_end = "which files of the project it reads is not known"
        else:
            self._templates()
        return self.out

    def _templates(self) -> None:
        """The code of every template of the project that is no test's."""
        for path in self._below(_TEMPLATE):
            if path not in self.out.scripts and (data := self.files.read(path)) is not None:
                self.out.scripts[path] = read_script(path, _code(data.decode("utf-8", "replace")))

    def _first(self) -> Iterator[str]:
        """Where the program begins."""
        program = self.program
        if program.script:
            yield program.script
        if self.cwd is None:
            return
        name = program.program or (posixpath.basename(program.script) if "/bin/" in program.script else "")
        for relative in _BY_RULE.get(name, ()):
            yield posixpath.join(self.cwd, relative)
        words = program.arguments
        for at, word in enumerate(words):
            if (at and words[at - 1] in _FILE_OPTIONS) or _CONFIG.fullmatch(word):
                path = known(absolute(word.partition("=")[2] if word.startswith("--") else word, self.cwd))
                if path is not None:
                    yield path

    def _take(self, script: Script, todo: list[str]) -> None:
        self.out.scripts[script.path] = script
        folder = posixpath.dirname(script.path)
        for call in script.calls:
            name = f"{call.receiver}.{call.name}" if call.receiver else call.name
            if name in ("require_relative", "require", "load", "autoload", "gem", "Kernel.require", "Kernel.load"):
                self._required(call, name, folder, script.path, todo)
            elif call.name in ("unshift", "push", "<<") and call.arguments:
                text = call.arguments[0].text
                path = known(absolute(text, self.cwd or "/")) if text else None
                if path is not None and self.files.kind(path) == "folder":
                    self.folders.append(path)
            elif name in ("Zeitwerk::Loader.new", "Zeitwerk::Loader.for_gem", "Rails.application", "Bundler.require"):
                self._all(todo)
        if "Rails::Application" in script.constants or "Zeitwerk::Loader" in script.constants:
            self._all(todo)

    def _required(self, call: Call, name: str, folder: str, path: str, todo: list[str]) -> None:
        given = call.arguments[1 if name == "autoload" else 0 :][:1]
        text = given[0].text if given else None
        if name == "gem":
            if text is not None:
                self.out.required[text] = None
            return
        if not given or text is None or not given[0].literal:
            # A folder whose files are listed and loaded one after the other: whatever lies beside is read.
            self._all(todo)
            self.out.open_end = self.out.open_end or f"{path}:{call.line} computes what it loads"
            return
        beside = folder if name == "require_relative" else None
        found = self._library(text, beside) if beside is not None else self._library(text, None)
        if found is not None:
            todo.append(found)
        elif name != "require_relative":
            self.out.required[text] = None
            todo += self._elsewhere.get(posixpath.basename(text).removesuffix(".rb"), ())

    def _library(self, name: str, beside: str | None) -> str | None:
        """The project's file of that name; None where it is a gem's or the standard library's."""
        folders = [beside] if beside is not None else [*self.folders]
        if name.startswith(("/", "./", "../")) and beside is None:
            folders = [self.cwd or "/"]
        elif beside is None and self.cwd is not None:
            # The folder that nearly every project puts on the path: looked into also where no text says so.
            folders += [posixpath.join(self.cwd, "lib"), self.cwd]
        for folder in folders:
            for tail in ("", ".rb"):
                path = posixpath.normpath(posixpath.join(folder, name + tail))
                if self.files.context_file(path) is not None and (tail or name.endswith((".rb", ".ru"))):
                    return path
        return None

    @cached_property
    def _elsewhere(self) -> dict[str, list[str]]:
        """Files by the names that ``require`` has for them: a program may look for them wherever it likes.

        It says where in ``$LOAD_PATH``, RUBYLIB and with options of ruby.
        """
        found: dict[str, list[str]] = {}
        for path, _ in self.files.walk_context("/"):
            if path.endswith(".rb") and not _TESTS.search(path):
                found.setdefault(posixpath.basename(path)[: -len(".rb")], []).append(path)
        return found

    def _all(self, todo: list[str]) -> None:
        """Every file of the project that is no test's."""
        todo += self._below(_CONFIG)

    def _below(self, names: re.Pattern[str]) -> Iterator[str]:
        if self.cwd is None or self.cwd == "/":
            return
        for path, _ in self.files.walk_context(self.cwd):
            relative = path[len(self.cwd) :]
            if names.fullmatch(path) and not _TESTS.search(relative) and inside(path, self.cwd):
                yield path


def _code(template: str) -> str:
    """The code of a template, each piece on its own lines."""
    out, at = [], 0
    for match in _TAG.finditer(template):
        out.append("\n" * template.count("\n", at, match.start("code")))
        out.append(f"{match['code']};" if not match["kind"] else "\n" * match["code"].count("\n"))
        at = match.end("code")
    return "".join(out)
