"""What a Go program asks of its image, from what its sources say."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.starts import SHELLS, argv_starts
from imgslim.model import Assumption, Need, NeedKind
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.bound import bound_in_go, settled
from imgslim.toolchains.ccode import from_c, is_c, left_to_others
from imgslim.toolchains.gathered import Gathered
from imgslim.toolchains.golang import calls, environment, fileneeds
from imgslim.toolchains.golang.ccode import calls_from_go, preamble
from imgslim.toolchains.golang.linking import tags_of
from imgslim.toolchains.golang.localtime import logs_local_time, takes_local_time
from imgslim.toolchains.golang.modules import BY_CALL, ZONE_WORDS, ZONES_BY_WORD, Starts, looks_zones_up, starts_of
from imgslim.toolchains.golang.scan import SELF, Body, Use, read_body
from imgslim.toolchains.mentions import Mentions, whole
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.toolchains.golang.invocation import Invocation
    from imgslim.toolchains.golang.packages import Graph, Package
    from imgslim.toolchains.tree import Tree

#: Kinds that third-party code is believed about at once; what it starts by name is its own option, and left open.
_FROM_VENDORED = frozenset({NeedKind.CERTIFICATES, NeedKind.NAME_SERVICE, NeedKind.TIME_ZONES})
#: A quick look that spares most third-party files the reading.
_ASKS = regex(
    r"\b(?:http|tls|x509|smtp|net)\.(?:Get|Post|Head|Default|Client|Transport|NewReq|Dial|System|Send|Lookup|Resol)|\btime\.LoadLocation\b"
)
_STARTS = regex(r"\b(?:exec|syscall|unix|plugin|os|execabs)\.(?:Command|LookPath|Cmd|Exec|ForkExec|StartProc|Open\b)")
#: What asks where the one who runs the program is at home.
_HOME = regex(
    r"\bos\.User(?:Home|Cache|Config)Dir\b|\.HomeDir\b|\bos\.(?:Getenv|LookupEnv)\(\s*[\"`]HOME[\"`]|\$(?:HOME\b|\{HOME\})"
)
#: Where a program is said to start (os/exec, Cmd.Dir): by a literal, or by what is computed.
_FOLDER = regex(r"^[^/\n]*\b\w+\.Dir\s*=\s*(?:\"([^\"\n]*)\"|`([^`\n]*)`|[^=\s])", 8)
#: Kinds of need that no literal settles where the function itself is handed on.
_BY_NAME = (NeedKind.COMMAND, NeedKind.PLUGIN)
_CODE = (".go", ".mod", ".sum")
#: What github.com/spf13/viper looks for behind a name without suffix (its SupportedExts).
_VIPER = (".json", ".toml", ".yaml", ".yml", ".properties", ".props", ".prop", ".hcl", ".dotenv", ".env", ".ini")
#: Modules that one message names.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything that was gathered."""

    needs: tuple[Need, ...]
    mentions: tuple[Need, ...]
    assumptions: tuple[Assumption, ...]
    #: Context paths of files that are opened by a literal name.
    opened: frozenset[str] = frozenset()


def needs_of(project: Project, graph: Graph | None, call: Invocation, tree: Tree) -> Needs:
    """Gather what the packages that were read ask for; ``tree`` holds the files as the command finds them."""
    if graph is None:
        return Needs((), (), ())
    found = Gathered()
    mentions = Mentions(project, _CODE, _VIPER if _imports(graph, "github.com/spf13/viper") else ())
    uses: list[tuple[str, Use]] = []
    others = bool(graph.unread) or any(not package.own for package in graph.packages.values())
    for package in graph.packages.values():
        _c_code(found, package, tree)
        if not package.own:
            _vendored(found, package)
            continue
        bodies = [read_body(f) for f in package.files]
        bound = {name for body in bodies for name in bound_in_go(body.parts)}
        known = settled((pair for body in bodies for pair in body.constants()), bound)
        aliases = {name: function for body in bodies for name, function in body.aliases() if _by_name(function)}
        for body in bodies:
            _dotted(found, body)
            here = list(body.uses(known, aliases))
            if where := takes_local_time(body, here):
                found.need(NeedKind.TIME_ZONES, "", f"{where}, in the zone that TZ names")
            for use in here:
                _use(found, mentions, body, use)
                if (use.package, use.name) in calls.ENVIRONMENT:
                    uses.append((f"{body.file.label}:{use.line} uses {use.package}.{use.name}", use))
            fileneeds.named_sockets(found, mentions, body)
            _starts_elsewhere(found, mentions, body)
            if others and (match := ZONE_WORDS.search(body.file.text)):
                found.need(NeedKind.TIME_ZONES, "", f"{body.file.label} says {match[0]}")
            for literal in body.words() if others else ():
                mentions.word(literal.text, f"{body.file.label}:{literal.line} hands on a name")
            for literal in body.literals():
                mentions.literal(literal.text, f"{body.file.label}:{literal.line}", joined=literal.joined)
                found.named(literal.text, f"{body.file.label}:{literal.line}")
    found.looks_at_system()
    _modules(found, graph)
    environment.needs(found, project, graph, uses)
    _home(found, project, graph)
    if "time/tzdata" in graph.standard or "timetzdata" in tags_of(call):
        found.needs = {key: need for key, need in found.needs.items() if key[0] is not NeedKind.TIME_ZONES}
    return Needs(tuple(found.needs.values()), mentions.found(), tuple(found.open_ends.values()), mentions.opened())


def _imports(graph: Graph, path: str) -> bool:
    return any(i.path == path for f in graph.files(own=True) for i in f.header.imports)


def _by_name(function: tuple[str, str]) -> bool:
    return function in calls.FUNCTIONS


def _dotted(found: Gathered, body: Body) -> None:
    """``import . "os/exec"``: its functions stand there as bare words, and any word may be one."""
    for item in body.file.header.imports:
        if item.name == "." and item.path in ("os/exec", "plugin"):
            kind = NeedKind.PLUGIN if item.path == "plugin" else NeedKind.COMMAND
            found.need(kind, "*", f"{body.file.label}:{item.line} imports {item.path} without a name")


def _vendored(found: Gathered, package: Package) -> None:
    """Third-party code that is there to be read."""
    quiet = package.folder.rpartition("/vendor/")[2] in BY_CALL
    for file in package.files:
        starts = not quiet and _STARTS.search(file.text) is not None
        if not starts and not _ASKS.search(file.text):
            continue
        body = read_body(file)
        for use in body.uses({}):
            at = f"{file.label}:{use.line} uses {use.package}.{use.name}"
            for kind in calls.FUNCTIONS.get((use.package, use.name), ()):
                if kind in _FROM_VENDORED:
                    if kind is not NeedKind.TIME_ZONES or _by_name_of_zone(package, use):
                        found.need(kind, "", at)
                elif kind in _BY_NAME and starts and not use.only_type and SELF not in (use.arguments or ()):
                    left_to_others(found, kind, f"{at}: third-party code")


def _by_name_of_zone(package: Package, use: Use) -> bool:
    """Tell whether third-party code looks a zone up that takes a file, and not for a word of its caller's alone."""
    return package.folder.rpartition("/vendor/")[2] not in ZONES_BY_WORD and not calls.is_built_in_zone(use.arguments)


def _c_code(found: Gathered, package: Package, tree: Tree) -> None:
    """C code is compiled along where a file of the package imports "C"; what its calls name is not followed."""
    heads = [f for f in package.files if f.header.uses_cgo]
    if not heads or package.folder.rpartition("/vendor/")[2] in BY_CALL:
        return
    texts = [(f.label, f"{preamble(f.header.preamble)} {calls_from_go(f.text)}") for f in heads]
    for name in tree.entries(package.folder):
        path = join(package.folder, name)
        if is_c(name) and (text := tree.text(path)) is not None:
            texts.append((tree.origin(path) or path, text))
    for label, text in texts:
        from_c(found, label, text)


def _use(found: Gathered, mentions: Mentions, body: Body, use: Use) -> None:
    at = f"{body.file.label}:{use.line}"
    if not use.package:
        _method(found, mentions, use, at)
        return
    why = f"{at} uses {use.package}.{use.name}"
    if (use.package, use.name) in calls.SOCKETS:
        fileneeds.socket(found, mentions, use, why)
    if (use.package, use.name) in calls.GO_ITSELF:
        found.need(NeedKind.COMMAND, "go", f"{why}, which starts go")
    if (use.package, use.name) in calls.JOINS:
        _joined(mentions, use.arguments or (), why)
    for kind in calls.FUNCTIONS.get((use.package, use.name), ()):
        match kind:
            case NeedKind.COMMAND:
                if not (use.name == "Cmd" and use.only_type):
                    _program(found, use, why)
            case NeedKind.FILE:
                fileneeds.files(found, mentions, use, why)
            case NeedKind.PLUGIN:
                _plugin(found, use, why)
            case NeedKind.TIME_ZONES if calls.is_built_in_zone(use.arguments):
                continue
            case NeedKind.CERTIFICATES if (use.package, use.name) in calls.BY_ADDRESS and _is_plain(use):
                continue
            case NeedKind.TMP if use.arguments and use.arguments[0] not in ("", None):
                continue
            case NeedKind.NAME_SERVICE if use.name == "LookupPort":
                found.need(kind, "services", why)
            case _:
                found.need(kind, "", why)


def _is_plain(use: Use) -> bool:
    """Tell whether the address is a literal without TLS."""
    address = use.arguments[0] if use.arguments else None
    return address is not None and address.startswith("http://")


def _joined(mentions: Mentions, arguments: tuple[str | None, ...], why: str) -> None:
    """The literal elements of a joined path: from its start, or behind a folder that is computed."""
    known = list(arguments)
    while known and known[0] is None:
        known.pop(0)
    head = [a for a in known[: known.index(None) if None in known else None] if a]
    if head:
        path = "/".join(head)
        mentions.path(path if arguments[0] is not None else path.lstrip("/"), why)


def _method(found: Gathered, mentions: Mentions, use: Use, at: str) -> None:
    arguments = use.arguments or ()
    if use.name in calls.FORM_METHODS:
        found.need(NeedKind.TMP, "", f"{at} calls {use.name}, which keeps large uploads in temporary files")
    if use.name in calls.SERVING_METHODS and arguments:
        found.need(NeedKind.MEDIA_TYPES, "", f"{at} calls {use.name}, which says what a file is by its ending")
    index = calls.PATH_METHODS.get(use.name)
    if index is not None:
        for path in arguments[index : None if use.name in ("ParseFiles", "LoadHTMLFiles") else index + 1]:
            if path and not (
                use.name in calls.FOLDER_METHODS and whole(found, mentions, path, f"{at} calls {use.name}")
            ):
                mentions.path(path, f"{at} calls {use.name}")
            elif path is None and use.name in calls.OPENING_METHODS:
                found.leave_open("computed-paths", f"{at} calls {use.name} with a path that is not a literal.")


def _program(found: Gathered, use: Use, why: str) -> None:
    arguments = use.arguments or ()
    index = calls.ARGUMENT.get((use.package, use.name), 0)
    name = arguments[index] if len(arguments) > index else None
    if name is None:
        how = "as a value" if use.arguments is None else "with a name that is not a literal"
        found.need(NeedKind.COMMAND, "*", f"{why} {how}")
    elif posixpath.basename(name) in SHELLS:
        found.need(NeedKind.SHELL, name, why)
        if use.name != "LookPath":
            found.starts_shell((name, *(a or "" for a in arguments[index + 1 :])), why)
    elif name and name != SELF:
        words = (name,) if use.name == "LookPath" else tuple(a or "" for a in arguments[index:])
        if use.name != "LookPath":
            found.line(words, why)
        for started in argv_starts(words, found.reads):
            found.need(NeedKind.COMMAND, started, why)


def _starts_elsewhere(found: Gathered, mentions: Mentions, body: Body) -> None:
    """A folder that a started program is given to start in: relative names of its words are of files there."""
    if all(item.path != "os/exec" for item in body.file.header.imports):
        return
    for match in _FOLDER.finditer(body.file.text):
        why = f"{body.file.label}:{body.file.text.count(chr(10), 0, match.start()) + 1} sets Dir"
        folder = match[1] or match[2]
        if folder is None:
            found.leave_open("computed-paths", f"{why}: relative names start there.")
        else:
            mentions.path(folder, why)


def _plugin(found: Gathered, use: Use, why: str) -> None:
    name = use.arguments[0] if use.arguments else None
    found.need(NeedKind.PLUGIN, name or "*", why)


def _modules(found: Gathered, graph: Graph) -> None:
    """Fetched modules: those that were read once are settled by that; nobody read the others."""
    unknown: dict[str, str] = {}
    for module, at in graph.unread.items():
        if module.module not in calls.OFFLINE and module.package not in calls.OFFLINE:
            found.need(NeedKind.CERTIFICATES, "", f"{at} imports {module.package}, which may connect by TLS")
        if looks_zones_up(module.module, module.package):
            found.need(NeedKind.TIME_ZONES, "", f"{at} imports {module.package}, which may look time zones up")
        if logs_local_time(module.package):
            what = f"{at} imports {module.package}, which logs the local time"
            found.need(NeedKind.TIME_ZONES, "", f"{what}, in the zone that TZ names")
        match starts_of(module.module, module.package):
            case Starts.UNKNOWN:
                unknown.setdefault(module.module, at)
            case Starts.SOME:
                left_to_others(found, NeedKind.COMMAND, f"{at} imports {module.package}, which")
            case Starts.NONE:
                pass
    if unknown:
        names = ", ".join(list(unknown)[:_SHOWN])
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        found.leave_open(
            "modules-unread",
            f"{next(iter(unknown.values()))} imports what the build fetches: that it needs no program, file or library "
            f"of the image was not read: {names}{more}.",
        )


def _home(found: Gathered, project: Project, graph: Graph) -> None:
    """The home of the user: HOME is set by /etc/passwd where the image does not set it, and root's home is a folder."""
    final = project.image.trace.final
    if "HOME" in final.env:
        return
    for file in graph.files(own=True):
        # Each of these has one of the two words, and most files have neither.
        if ("Dir" in file.text or "HOME" in file.text) and (match := _HOME.search(file.text)):
            at = f"{file.label}:{file.text.count(chr(10), 0, match.start()) + 1} asks for the home folder"
            found.need(NeedKind.USERS, "", at)
            if final.user in ("", "root", "0"):
                found.need(NeedKind.FILE, "/root", at)
            return
