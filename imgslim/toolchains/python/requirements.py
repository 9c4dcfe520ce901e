"""Which distributions are asked for, by requirements, project files and lock files; and whether wheels are all pure."""

from __future__ import annotations

import json
import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imgslim.meaning.paths import absolute
from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files
    from imgslim.values import Value

#: PEP 508: a name, extras, then anything; PEP 503: how names are compared.
_NAME = regex(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@,( ]|\Z)")
_DASHES = regex(r"[-_.]+")
_SCRIPT = regex(r"""["']\s*([\w.-]+)\s*=\s*[\w.]+\s*:\s*\w""")
#: Files that one requirements file may ask for, one below the other.
_DEPTH = 8


@dataclass(slots=True)
class Requirements:
    """What the build asks installers for."""

    #: Normalised names.
    names: set[str] = field(default_factory=set)
    #: Console scripts of the project's own, as name to ``module:function``.
    scripts: dict[str, str] = field(default_factory=dict)
    #: Context files that were read for it, and that installers read.
    files: dict[str, None] = field(default_factory=dict)
    #: False where something that was asked for could not be read.
    known: bool = True
    #: How much was asked for, what could not be read included.
    asked: int = 0

    def brings(self, script: str) -> bool:
        """Tell whether a console script is named after something that is asked for, by itself or with more words."""
        return script in self.names or any(script.startswith(f"{name}-") for name in self.names)

    def add_word(self, files: Files, word: str, cwd: Value) -> None:
        """Add an operand of pip: a name, a path, an address."""
        self.asked += 1
        if word in (".", "./") or word.startswith((".", "/")) or word.endswith((".whl", ".tar.gz", ".zip")):
            place = known(absolute(word.partition("[")[0], cwd))
            self.add_project(files, place or "")
        elif (match := _NAME.match(word)) is not None and "://" not in word:
            self.names.add(normal_name(match[1]))
        else:
            self.known = False

    def add_file(self, files: Files, path: str, cwd: Value, depth: int = 0) -> list[str]:
        """Add a requirements file; gives the editable ones of it."""
        place = known(absolute(path, cwd)) or ""
        data = files.read(place) if place else None
        source = files.context_file(place) if place else None
        if source is not None:
            self.files[source] = None
        if data is None or depth > _DEPTH:
            self.known = False
            self.asked += 1
            return []
        editable = []
        for line in _lines(data.decode("utf-8-sig", "replace")):
            word, _, rest = line.partition(" ")
            if word in ("-r", "--requirement", "-c", "--constraint"):
                below = posixpath.join(posixpath.dirname(place), rest.strip())
                if word in ("-r", "--requirement"):
                    editable += self.add_file(files, below, "/", depth + 1)
            elif word in ("-e", "--editable"):
                editable.append(rest.strip())
                self.asked += 1
            elif not word.startswith("-"):
                self.add_word(files, line, cwd)
        return editable

    def add_project(self, files: Files, folder: str, locked: str = "") -> None:
        """Add what the project files of a folder ask for, and the console scripts that they make."""
        for name in ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", locked):
            place = posixpath.join(folder, name) if name else ""
            data = files.read(place) if place else None
            if data is None:
                continue
            if (source := files.context_file(place)) is not None:
                self.files[source] = None
            text = data.decode("utf-8", "replace")
            match name:
                case "pyproject.toml":
                    self._pyproject(_toml(text))
                case "Pipfile":
                    self.names |= {normal_name(n) for n in _toml(text).get("packages", {})}
                case "Pipfile.lock":
                    self.names |= {normal_name(n) for n in _json(text).get("default", {})}
                case "setup.py" | "setup.cfg":
                    self._setup(text)
                case _:
                    packages = _toml(text).get("package", [])
                    self.names |= {normal_name(str(p.get("name", ""))) for p in packages if isinstance(p, dict)}

    def _pyproject(self, data: dict[str, Any]) -> None:
        project = _table(data, "project")
        poetry = _table(_table(data, "tool"), "poetry")
        asked = [w for w in project.get("dependencies", []) if isinstance(w, str)]
        for each in _table(project, "optional-dependencies").values():
            asked += [w for w in each if isinstance(w, str)] if isinstance(each, list) else []
        self.names |= {normal_name(m[1]) for w in asked if (m := _NAME.match(w))}
        self.names |= {normal_name(n) for n in _table(poetry, "dependencies") if n != "python"}
        for table in (_table(project, "scripts"), _table(poetry, "scripts")):
            self.scripts |= {name: value for name, value in table.items() if isinstance(value, str)}

    def _setup(self, text: str) -> None:
        for match in _SCRIPT.finditer(text):
            self.scripts.setdefault(match[1], match[0].split("=", 1)[1].strip())
        _, found, rest = text.partition("console_scripts")
        for line in rest.splitlines()[1:20] if found else ():
            name, equals, value = line.partition("=")
            if equals and ":" in value and not name.strip().startswith(("#", "[")):
                self.scripts.setdefault(name.strip().strip("'\""), value.strip().strip("'\","))
        for match in regex(r"""["']([A-Za-z][\w.-]*)\s*(?:[=<>~!]=?[^"']*)?["']""").finditer(text):
            self.names.add(normal_name(match[1]))


def normal_name(name: str) -> str:
    """PEP 503."""
    return _DASHES.sub("-", name).lower()


def _lines(text: str) -> Iterator[str]:
    """Requirements lines: continued lines joined, comments off (pip, "Requirements File Format")."""
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        plain = line.split(" #", 1)[0].strip()
        if plain and not plain.startswith("#"):
            yield plain


@lru_cache(maxsize=2)  # a lock file is asked about for what is installed, and for what is started
def _toml(text: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  (not for requirements.txt, nor for a project that is none of Python's)

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}
