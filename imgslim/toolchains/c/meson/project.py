"""The targets of a Meson project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.meson.evaluate import Parser, Value, flat
from imgslim.toolchains.c.meson.lex import Call, Token, statements
from imgslim.toolchains.c.pkgconfig import libraries
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.toolchains.c.tree import Tree

_TARGETS = {"executable": "executable", "shared_library": "shared", "shared_module": "shared", "library": "shared"} | {
    "static_library": "static", "both_libraries": "shared",
}  # fmt: skip
_OPENING = frozenset({"if", "foreach"})
_CLOSING = frozenset({"endif", "endforeach"})


@dataclass(slots=True)
class Target:
    """A target of meson.build."""

    name: str
    kind: str
    output: str
    folder: str
    sources: list[str]
    includes: list[str] = field(default_factory=list)
    libs: list[str] = field(default_factory=list)
    holes: list[str] = field(default_factory=list)
    links: list[Target] = field(default_factory=list)
    link_args: list[str] = field(default_factory=list)
    install: bool = False
    install_dir: str = ""
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Dependency:
    """What ``dependency()``, ``declare_dependency()`` or ``find_library()`` gave."""

    libs: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    includes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Folders:
    """What ``include_directories()`` gave."""

    paths: tuple[str, ...]


class MesonProject:
    """Reads meson.build and its subdirs."""

    def __init__(self, tree: Tree, source: str) -> None:
        """Prepare to read the project at ``source``."""
        self._tree = tree
        self._source = source
        self.targets: dict[str, Target] = {}
        self.files: list[str] = []
        self.problems: list[str] = []
        self._variables: dict[str, Value] = {}
        self._folder = ""
        self._doubt = 0

    def read(self, folder: str) -> None:
        """Read one meson.build."""
        path = join(join(self._source, folder), "meson.build")
        text = self._tree.text(path)
        if text is None or path in self.files:
            if text is None:
                self.problems.append(f"no meson.build can be read in {join(self._source, folder)}")
            return
        self.files.append(path)
        outer, self._folder = self._folder, folder
        for tokens in statements(text):
            self._statement(tokens)
        self._folder = outer

    def _statement(self, tokens: list[Token]) -> None:
        word = tokens[0].text if tokens[0].kind == "word" else ""
        if word in _OPENING:
            self._doubt += 1
        elif word in _CLOSING:
            self._doubt -= 1
        elif word in {"elif", "else"}:
            return
        elif len(tokens) > 2 and tokens[0].kind == "word" and tokens[1].text in {"=", "+="}:  # noqa: PLR2004
            value = self._value(tokens[2:])
            old = self._variables.get(word)
            if tokens[1].text == "+=":
                value = [*flat(old), *flat(value)]
            elif self._doubt and old is not None and old != value:
                value = [*flat(old), *flat(value), HOLE]
            self._variables[word] = value
        else:
            self._value(tokens)

    def _value(self, tokens: list[Token]) -> Value:
        return Parser(tokens, self._variables, self._called).expression()

    def _called(self, call: Call) -> Value:
        arguments = [a for p in call.positional for a in flat(p)]
        if call.name in _TARGETS and not call.owner:
            return self._target(call, arguments)
        match call.name:
            case "subdir" if arguments and isinstance(arguments[0], str):
                self.read(f"{self._folder}/{arguments[0]}".strip("/"))
                return None
            case "dependency" | "find_library":
                return self._dependency(call.name, arguments)
            case "declare_dependency":
                return self._declared(call)
            case "files":
                return [self._path(a) for a in arguments if isinstance(a, str)]
            case "include_directories":
                return Folders(tuple(self._path(a) for a in arguments if isinstance(a, str)))
            case "join_paths":
                return "/".join(a for a in arguments if isinstance(a, str))
            case "get_compiler" | "import" | "project" | "get_option":
                return HOLE
            case _:
                return HOLE

    def _path(self, name: str) -> str:
        return name if HOLE in name else join(join(self._source, self._folder), name)

    def _dependency(self, function: str, arguments: list[Value]) -> Dependency:
        name = arguments[0] if arguments and isinstance(arguments[0], str) else HOLE
        if function == "find_library":
            return Dependency((name,), known=HOLE not in name)
        if name == "threads":
            return Dependency(("pthread",))
        found = libraries(name)
        return Dependency(found, known=bool(found))

    def _declared(self, call: Call) -> Dependency:
        holder = Target("", "static", "", self._folder, [])
        self._links(holder, call)
        return Dependency(
            libs=tuple(holder.libs),
            targets=tuple(holder.links),
            includes=tuple(holder.includes),
            sources=tuple(self._path(s) for s in flat(call.keyword.get("sources")) if isinstance(s, str)),
            known=not holder.holes,
        )

    def _target(self, call: Call, arguments: list[Value]) -> Target:
        name = arguments[0] if arguments and isinstance(arguments[0], str) else HOLE
        sources = [
            self._path(a) if isinstance(a, str) else HOLE for a in [*arguments[1:], *flat(call.keyword.get("sources"))]
        ]
        target = Target(name, _TARGETS[call.name], name, self._folder, sources)
        target.includes = [join(self._source, self._folder)]
        target.holes = ["a source that is not settled" for s in sources if HOLE in s][:1]
        target.install = call.keyword.get("install") is True
        place = call.keyword.get("install_dir")
        target.install_dir = place if isinstance(place, str) else HOLE if isinstance(place, list) else ""
        target.link_args = [a for a in flat(call.keyword.get("link_args")) if isinstance(a, str)]
        target.libs += [a[2:] for a in target.link_args if a.startswith("-l")]
        target.holes += [a for a in target.link_args if HOLE in a]
        target.maybe = self._doubt > 0
        self._links(target, call)
        self.targets[name] = target
        return target

    def _links(self, target: Target, call: Call) -> None:
        linked = [v for k in ("link_with", "link_whole", "dependencies", "objects") for v in flat(call.keyword.get(k))]
        for value in linked:
            match value:
                case Target():
                    target.links.append(value)
                case Dependency():
                    target.libs += value.libs
                    target.links += value.targets
                    target.includes += value.includes
                    target.sources += value.sources
                    target.holes += [] if value.known else ["a dependency that is not known"]
                case _:
                    target.holes.append("a link that is not settled")
        for value in flat(call.keyword.get("include_directories")):
            match value:
                case Folders(paths):
                    target.includes += paths
                case str() if HOLE not in value:
                    target.includes.append(self._path(value))
                case _:
                    target.holes.append("a folder that is not settled")

    def merged(self, target: Target) -> list[Target]:
        """The static libraries whose objects go into ``target``."""
        out: list[Target] = []
        queue = list(target.links)
        while queue:
            other = queue.pop()
            if other.kind == "static" and other not in out:
                out.append(other)
                queue += other.links
        return out

    def shared(self, target: Target) -> list[Target]:
        """The project's shared libraries that ``target`` is linked with."""
        return [o for t in (target, *self.merged(target)) for o in t.links if o.kind == "shared"]
