"""Where gems land: ``bundle install``, ``bundle config``, ``gem install`` and the variables that steer them.

Bundler asks its local configuration first, then BUNDLE_* of the environment, then the global configuration
(bundler.io, bundle-config(1), "DESCRIPTION"); without a path gems go where RubyGems puts its own (``Gem.dir``:
GEM_HOME, else a folder of the interpreter's).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.paths import absolute, normal
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Tree
from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.toolchains.inner import inner_commands
from imgslim.values import Unknown, known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.values import Value

#: Interpreters' own folders of gems: Debian's for root, a Ruby in /usr/local, Alpine's, Fedora's with that of compiled
#: parts, which ``gem install`` leaves to packages: it takes those of /usr/local (ruby.spec, operating_system.rb).
_SYSTEM = {
    "apt": "/var/lib/gems",
    "apk": "/usr/lib/ruby/gems",
    "dnf": "/usr/*/gems",
    "": "/usr/local/lib/ruby/gems",
}
#: Options of ``bundle install`` that take a value.
_VALUED = frozenset("--path --gemfile --jobs -j --without --with --retry --binstubs --shebang --trust-policy".split())
#: Options of ``gem install`` that take a value.
_GEM_VALUED = frozenset("-v --version -i --install-dir -n --bindir -s --source -P --trust-policy --platform".split())
_MANAGERS = {"apt-get": "apt", "apt": "apt", "apk": "apk", "dnf": "dnf", "microdnf": "dnf", "yum": "dnf"}
#: Packages of Debian, Alpine and Fedora that are Ruby, bring it, or are gems.
_PACKAGE = regex(r"((ruby|rubygems?)[\d.]*(-[\w.-]+)*|bundler|rake|puma|thin|unicorn|jekyll|rails)(=.*)?")
_CONFIG = regex(r"^BUNDLE_(\w+): *[\"']?(.*?)[\"']?\s*$")
_GEMS = frozenset({"gem", "bundle", "bundler"})
_OF_FEDORA = "by the settings of Fedora's RubyGems, which may differ from release to release"
#: How a gem's file is named behind the gem's own name: version, platform.
_FILE = regex(r"-\d[\w.-]*\.gem$")


@dataclass(slots=True)
class Installed:
    """What the build installed by RubyGems and Bundler."""

    #: Folders that hold gems and the settings that find them, in the order of the text.
    trees: dict[str, Tree] = field(default_factory=dict)
    #: Gems that ``gem install`` names.
    names: dict[str, None] = field(default_factory=dict)
    #: Folders of the context that were made into gems, with the gems' names.
    made: dict[str, str] = field(default_factory=dict)
    #: The Gemfile that Bundler read; "" where it was not started.
    gemfile: str = ""
    #: Groups that were left out.
    without: frozenset[str] = frozenset()
    #: The command that installed last.
    span: Span | None = None
    #: Why where gems land is not known; "" where it is.
    open_end: str = ""
    #: Every command of RubyGems and Bundler: (step, index).
    commands: set[tuple[int, int]] = field(default_factory=set)


def tool(command: Command) -> str:
    """``gem``, ``bundle`` or "" for another command; ``ruby -S bundle``, ``gem3.1`` and ``bin/bundle`` count."""
    name = command.name or ""
    if name.startswith("ruby"):
        words = [w.value if isinstance(w.value, str) else "" for w in command.words[:3]]
        if words[1:2] == ["-S"]:
            name = words[2].rsplit("/", 1)[-1] if words[2:] else ""
    name = name.rstrip("0123456789.")
    return "bundle" if name == "bundler" else name if name in _GEMS else ""


def installed(project: Project) -> Installed:
    """Follow every command of the build that installs gems or says where they go."""
    found = _Follower(project)
    for at, index, command in project.trace.commands():
        if found.note(command, (at, index)):
            found.out.commands.add((at, index))
            continue
        for inner in inner_commands(project, at, index, command):
            found.note(inner, (at, index))
    return found.out


class _Follower:
    """The state that earlier commands leave for later ones."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.out = Installed()
        #: What ``bundle config`` and remembered options set: by name in lower case.
        self.set: dict[str, str] = {}

    def note(self, command: Command, point: tuple[int, int]) -> bool:
        """Follow a command of gem or bundle; False for another one."""
        inner = unwrap(command)
        what = tool(inner)
        if what:
            words = [w.value for w in inner.words]
            if isinstance(words[0], str) and words[0].rsplit("/", 1)[-1].startswith("ruby"):
                words = words[2:]
            (self.gem if what == "gem" else self.bundle)(inner, words[1:], point)
        return bool(what)

    def gem(self, command: Command, words: list[Value], _point: tuple[int, int]) -> None:
        """``gem install NAME…``, and ``gem build NAME.gemspec``, whose folder only serves that."""
        if words[:1] == ["build"]:
            place = known(absolute(next((w for w in words[1:] if not str(w).startswith("-")), "x"), command.cwd))
            if place is not None:
                folder, _, name = place.rpartition("/")
                self.out.made[folder or "/"] = name.removesuffix(".gemspec")
        if not words or words[0] not in ("install", "i"):
            return
        skip = ""
        names: list[str] = []
        folder = ""
        for word in words[1:]:
            if isinstance(word, Unknown):
                self.out.open_end = word.why
                continue
            if skip:
                folder = word if skip in ("-i", "--install-dir") else folder
                skip = ""
            elif word in _GEM_VALUED:
                skip = word
            elif word.startswith("--install-dir="):
                folder = word.partition("=")[2]
            elif word == "--user-install":
                self.out.open_end = "gems go to the home folder of a user"
            elif not word.startswith("-"):
                names.append(_FILE.sub("", word.rsplit("/", 1)[-1]).partition(":")[0])
        self.out.names |= dict.fromkeys(names)
        self.out.span = command.span
        own = self._system(_environment(command))
        if packaged(self.project)[0] == "dnf" and "GEM_HOME" not in _environment(command):
            own = ("/usr/local/*/gems",)
            self.out.open_end = self.out.open_end or _OF_FEDORA
            if command.user not in ("", "root", "0"):
                self.out.open_end = "gems go to the home folder of a user"
        for path in [known(absolute(folder, command.cwd))] if folder else own:
            self._tree(path, f"gem install put {', '.join(names) or 'gems'} there")

    def bundle(self, command: Command, words: list[Value], point: tuple[int, int]) -> None:
        """``bundle install``, ``bundle config``; a bare ``bundle`` installs."""
        texts = [w if isinstance(w, str) else "" for w in words]
        verb = next((w for w in texts if w and not w.startswith("-")), "install")
        env = _environment(command)
        if verb == "config":
            self._config(command, [w for w in words if w != "config"], env)
        elif verb in ("install", "i", "update"):
            self._install(command, words, env, point)

    def _config(self, command: Command, words: list[Value], env: Mapping[str, Value]) -> None:
        plain = [w for w in words if not (isinstance(w, str) and w.startswith("--"))]
        if plain[:1] == ["set"]:
            plain = plain[1:]
        elif plain[:1] == ["unset"] and len(plain) > 1 and isinstance(plain[1], str):
            self.set.pop(_key(plain[1]), None)
            return
        if len(plain) < 2 or not isinstance(plain[0], str):  # noqa: PLR2004 (a name and its value)
            return
        values = plain[1:]
        if any(isinstance(v, Unknown) for v in values):
            if _key(plain[0]) in ("path", "deployment"):
                self.out.open_end = next(v.why for v in values if isinstance(v, Unknown))
            return
        self.set[_key(plain[0])] = " ".join(str(v) for v in values)
        self._tree(self._settings(command, env, local="--local" in words), "bundle config wrote its settings there")

    def _settings(self, command: Command, env: Mapping[str, Value], *, local: bool) -> str | None:
        """Where ``bundle config`` writes: for one project, or for one user (bundle-config(1))."""
        if local:
            home = env.get("BUNDLE_APP_CONFIG")
            return known(absolute(home if home is not None else ".bundle", command.cwd))
        own = env.get("HOME") or ("/root" if command.user in ("", "root", "0") else None)
        return known(absolute(".bundle", own)) if own is not None else None

    def _install(self, command: Command, words: list[Value], env: Mapping[str, Value], point: tuple[int, int]) -> None:
        given: dict[str, str] = {}
        at = 0
        while at < len(words):
            word = words[at]
            if isinstance(word, str) and word.startswith("-"):
                name, equals, text = word.partition("=")
                if equals:
                    given[name] = text
                elif name in _VALUED and at + 1 < len(words):
                    values: list[str] = []
                    while at + 1 < len(words) and not str(words[at + 1]).startswith("-"):
                        at += 1
                        values.append(known(words[at]) or "")
                        if name not in ("--without", "--with"):
                            break
                    given[name] = " ".join(values)
                else:
                    given[name] = "true"
            at += 1
        for option, key in (("--path", "path"), ("--without", "without"), ("--deployment", "deployment")):
            if option in given:
                self.set[key] = given[option]
        out = self.out
        gemfile = given.get("--gemfile") or self.set.get("gemfile") or env.get("BUNDLE_GEMFILE") or "Gemfile"
        out.gemfile = known(absolute(gemfile, command.cwd)) or ""
        out.span = command.span
        root = out.gemfile.rpartition("/")[0] or "/"
        settings = {**_variables(env), **self._file(env, root, point), **self.set}
        out.without = frozenset(regex(r"[\s:]+").split(settings.get("without", ""))) - {""}
        if settings.get("deployment") == "true" or "--standalone" in given:
            settings.setdefault("path", "vendor/bundle" if "--standalone" not in given else "bundle")
        path = settings.get("path", "")
        if isinstance(env.get("BUNDLE_PATH"), Unknown) and not path and not self._as_home(command, point):
            out.open_end = "BUNDLE_PATH is not known"
        why = "bundle install put the gems there"
        if path and settings.get("path.system", settings.get("path__system")) != "true":
            self._tree(known(absolute(path, root)), why)
            self._remembered(env, root)
        else:
            for place in self._system(env):
                self._tree(place, why)

    def _as_home(self, command: Command, point: tuple[int, int]) -> bool:
        """Tell whether BUNDLE_PATH is the one that older official images set to GEM_HOME (docker-library/ruby)."""
        own = "BUNDLE_PATH" in self.project.trace.steps[point[0]].scope.env_set or command.assignments
        return not own and isinstance(self.project.base, ImageFacts) and self.project.base.family == "ruby"

    def _remembered(self, env: Mapping[str, Value], root: str) -> None:
        """Options of ``bundle install`` stay in its local configuration."""
        home = env.get("BUNDLE_APP_CONFIG")
        place = known(absolute(home if home is not None else ".bundle", root))
        self._tree(place, "bundle's settings say where gems are")

    def _file(self, env: Mapping[str, Value], root: str, point: tuple[int, int]) -> dict[str, str]:
        """The local configuration that the context brings."""
        home = env.get("BUNDLE_APP_CONFIG")
        folder = known(absolute(home if home is not None else ".bundle", root))
        data = self.project.files.before(*point).read(f"{folder}/config") if folder is not None else None
        lines = data.decode("utf-8", "replace").splitlines() if data is not None else ()
        return {_key(m[1]): m[2] for line in lines if (m := _CONFIG.match(line))}

    def _system(self, env: Mapping[str, Value]) -> Iterable[str | None]:
        """``Gem.dir``, and where the programs of gems go where that is another folder."""
        home = env.get("GEM_HOME")
        if home is not None:
            return (known(home),)
        manager = packaged(self.project)[0]
        if manager == "dnf":
            self.out.open_end = self.out.open_end or _OF_FEDORA
        return (_SYSTEM[manager],)

    def _tree(self, path: str | None, why: str) -> None:
        if path is None:
            self.out.open_end = self.out.open_end or "where gems are installed is not known"
        elif normal(path) != "/":
            self.out.trees.setdefault(normal(path), Tree(normal(path), why))


def packaged(project: Project, *, beside: bool = False) -> tuple[str, tuple[str, ...]]:
    """The package manager that installs the interpreter, and the packages of Ruby that the build names; "" for none.

    Args:
        project: what reading gave.
        beside: the interpreter is known to be the package manager's. An official image has one of its own, which
            comes first on PATH; programs of packages name theirs by its path.
    """
    if isinstance(project.base, ImageFacts) and project.base.family == "ruby" and not beside:
        return "", ()
    for _, _, command in project.trace.commands():
        inner = unwrap(command)
        manager = _MANAGERS.get(inner.name or "", "")
        words = [w.value for w in inner.words[1:] if isinstance(w.value, str)] if manager else []
        found = [w for w in words if _PACKAGE.fullmatch(w)]
        # Headers only serve builds; a package of them brings the interpreter where no other is named.
        names = tuple(w for w in found if not w.endswith("-devel")) or tuple(found)
        if names:
            return manager, names
    return "", ()


def _environment(command: Command) -> Mapping[str, Value]:
    return {**command.env, **dict(command.assignments)}


def _variables(env: Mapping[str, Value]) -> dict[str, str]:
    mine = ((n.removeprefix("BUNDLE_"), v) for n, v in env.items() if n.startswith("BUNDLE_"))
    return {_key(name): value for name, value in mine if isinstance(value, str)}


def _key(name: str) -> str:
    return name.lower().replace("__", ".").replace("___", "-")
