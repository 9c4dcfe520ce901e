"""go.mod and go.work: the module path, what is required and what is replaced (Go Modules Reference)."""

from __future__ import annotations

from imgslim.records import dataclass
from imgslim.regex import regex

_WORD = regex(r'"(?:[^"\\]|\\.)*"|`[^`]*`|=>|[()]|[^\s()"`]+')
_VERSION_ELEMENT = regex(r"v(?:[2-9]|[1-9]\d+)")


@dataclass(frozen=True, slots=True)
class ModFile:
    """One go.mod or go.work file."""

    #: "" for go.work, or where the directive is missing.
    module: str
    #: As written, such as ``1.21`` or ``1.21.3``; "" where none is.
    go: str
    #: Module path and version; those marked ``// indirect`` too.
    requires: tuple[tuple[str, str], ...]
    #: Module path and what stands for it: a folder (``./x``, ``../x``, ``/x``) or a module path.
    replaces: tuple[tuple[str, str], ...]
    #: Folders of go.work.
    uses: tuple[str, ...]


def read_modfile(text: str) -> ModFile:
    """Read go.mod or go.work; directives that are not understood are left out."""
    module = go = ""
    requires: list[tuple[str, str]] = []
    replaces: list[tuple[str, str]] = []
    uses: list[str] = []
    for verb, words in _directives(text):
        match verb, words:
            case "module", [path, *_]:
                module = path
            case "go", [version, *_]:
                go = version
            case "require", [path, version, *_]:
                requires.append((path, version))
            case "replace", [path, "=>", target, *_]:
                replaces.append((path, target))
            case "replace", [path, _, "=>", target, *_]:
                replaces.append((path, target))
            case "use", [folder, *_]:
                uses.append(folder)
            case _:
                pass
    return ModFile(module, go, tuple(requires), tuple(replaces), tuple(uses))


def _directives(text: str) -> list[tuple[str, list[str]]]:
    """Each directive with its words; a block gives one for each of its lines."""
    found: list[tuple[str, list[str]]] = []
    block = ""
    for line in text.splitlines():
        words = [w.strip('"`') for w in _WORD.findall(line.split("//", 1)[0])]
        if not words:
            continue
        if block:
            if words[0] == ")":
                block = ""
            else:
                found.append((block, words))
        elif len(words) > 1 and words[1] == "(":
            block = words[0]
        else:
            found.append((words[0], words[1:]))
    return found


def is_local(target: str) -> bool:
    """Tell whether a replacement is a folder."""
    return target.startswith(("./", "../", "/")) or target in (".", "..")


def executable_name(import_path: str, *, modules: bool) -> str:
    """The name of a program by default: the last element, a major version left out (cmd/go, exeFromImportPath)."""
    head, _, last = import_path.rstrip("/").rpartition("/")
    if modules and head and _VERSION_ELEMENT.fullmatch(last):
        return head.rpartition("/")[2]
    return last
