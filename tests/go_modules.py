"""Read the well-known Go modules anew: ``python -m tests.go_modules FOLDER`` prints the rows of ``module_table.py``.

The modules that the table names are fetched by the go command into its own cache; what Linux builds take of them, and
of what they import in turn, is read with imgslim's own readers. FOLDER gets a go.mod.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.model import NeedKind
from imgslim.toolchains.ccode import foreign, is_c
from imgslim.toolchains.golang import calls
from imgslim.toolchains.golang.header import read_header
from imgslim.toolchains.golang.module_table import TABLE
from imgslim.toolchains.golang.modules import BY_CALL, ZONES_BY_WORD
from imgslim.toolchains.golang.packages import GoFile
from imgslim.toolchains.golang.scan import SELF, read_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.toolchains.golang.scan import Use

#: A library beside those that the C library brings, or one that pkg-config finds.
_SYSTEM_LIBRARY = re.compile(r"#cgo[^\n]*(?:pkg-config:|\s-l(?!(?:c|m|dl|rt|pthread|stdc\+\+|resolv)\b))")
_FIELDS = "ImportPath,Dir,GoFiles,CgoFiles,Standard,Imports,Module"
_STARTS = (NeedKind.COMMAND, NeedKind.PLUGIN)
#: Published under another path than their go.mod names: only the build without modules takes them.
_OTHER_PATH = ("github.com/grpc/grpc-go", "github.com/satori/uuid.go")
#: More packages than this are not listed one by one.
_MOST = 120


def listed(folder: Path, paths: list[str]) -> dict[str, dict[str, Any]]:
    """Every package below ``paths`` and everything that they import, as ``go list -deps`` shows it."""
    patterns = [f"{path}/..." for path in paths]
    command = ["go", "list", "-e", "-mod=mod", "-deps", f"-json={_FIELDS}", *patterns]
    text = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.rstrip()
    decoder, at, found = json.JSONDecoder(), 0, {}
    while at < len(text):
        at = text.index("{", at)
        package, at = decoder.raw_decode(text, at)
        found[package["ImportPath"]] = package
    return found


class Reading:
    """The packages, and what they do by themselves or by what they import."""

    def __init__(self, packages: dict[str, dict[str, Any]]) -> None:
        """Look at ``packages``."""
        self.packages = packages
        self._seen: dict[tuple[Callable[[dict[str, Any]], bool], str], bool] = {}

    def of_module(self, module: str) -> dict[str, dict[str, Any]]:
        """The module's packages by their path in it; the main one is ``.``."""
        mine = {p: d for p, d in self.packages.items() if (d.get("Module") or {}).get("Path") == module}
        return {p[len(module) :].lstrip("/") or ".": d for p, d in mine.items()}

    def reaches(self, does: Callable[[dict[str, Any]], bool], path: str) -> bool:
        """Tell whether ``does`` holds for the package or one that it imports; what was not found counts."""
        if (does, path) not in self._seen:
            self._seen[does, path] = False  # a circle is refused by the compiler; this ends one in a broken module
            package = self.packages.get(path)
            self._seen[does, path] = package is None or (
                not package.get("Standard")
                and (does(package) or any(self.reaches(does, p) for p in package.get("Imports") or [] if p != "C"))
            )
        return self._seen[does, path]

    def column(self, does: Callable[[dict[str, Any]], bool], packages: dict[str, dict[str, Any]]) -> str:
        """Of ``packages`` those that can be imported and reach what ``does``, as the table writes them."""
        importable = [n for n, p in packages.items() if _files(p) and not {"internal", "cmd"} & set(n.split("/"))]
        reaching = sorted(n for n in importable if self.reaches(does, packages[n]["ImportPath"]))
        return "*" if len(reaching) > _MOST else ",".join(reaching) or "-"


def _files(package: dict[str, Any]) -> list[str]:
    return [*(package.get("GoFiles") or []), *(package.get("CgoFiles") or [])]


def _starts_itself(package: dict[str, Any]) -> bool:
    """Tell whether it starts something by itself; C code that a reading of its calls does not settle counts too."""
    if package["ImportPath"] in BY_CALL:
        return False
    if package.get("CgoFiles") and _c_starts(Path(package["Dir"]), package["CgoFiles"]):
        return True
    for use in _uses(package):
        itself = use.only_type or SELF in (use.arguments or ())
        if not itself and any(k in _STARTS for k in calls.FUNCTIONS.get((use.package, use.name), ())):
            return True
    return False


def _loads_zones(package: dict[str, Any]) -> bool:
    """Tell whether it looks time zones up by name itself."""
    return package["ImportPath"] not in ZONES_BY_WORD and any(
        NeedKind.TIME_ZONES in calls.FUNCTIONS.get((u.package, u.name), ()) and not calls.is_built_in_zone(u.arguments)
        for u in _uses(package, "LoadLocation")
    )


def _uses(package: dict[str, Any], word: str = "") -> Iterator[Use]:
    """What the files use that hold ``word``."""
    for name in _files(package):
        text = (Path(package["Dir"]) / name).read_text(errors="replace")
        if word in text:
            yield from read_body(GoFile(name, name, read_header(text), text)).uses({})


def _c_starts(folder: Path, names: list[str]) -> bool:
    """The same of C code; what a library of the system does is not known."""
    heads = [read_header((folder / name).read_text(errors="replace")).preamble for name in names]
    texts = [*heads, *(p.read_text(errors="replace") for p in folder.iterdir() if is_c(p.name))]
    return any(foreign(text) for text in texts) or any(_SYSTEM_LIBRARY.search(head) for head in heads)


def row(reading: Reading, module: str, version: str, cgo: str) -> str:
    """The module's row; what an older version was seen to hold stays."""
    packages = reading.of_module(module)
    if not packages:
        return f"{module} {version} {cgo} * *"
    version = next(iter(packages.values()))["Module"]["Version"]
    holding = {name for name, package in packages.items() if package.get("CgoFiles")}
    if cgo not in ("needed", "some"):
        holding |= set(cgo.split(",")) - {"none"}
        cgo = ",".join(sorted(holding)) or "none"
    columns = (reading.column(does, packages) for does in (_starts_itself, _loads_zones))
    return " ".join((module, version, cgo, *columns))


@cache
def rows() -> tuple[tuple[str, str, str], ...]:
    """Path, version and C code of what the table names now."""
    return tuple((w[0], w[1], w[2]) for w in (line.split() for line in TABLE.strip().splitlines()))


def main(folder: Path) -> None:
    """Print the rows."""
    wanted = [(path, version) for path, version, _ in rows() if path not in _OTHER_PATH]
    requires = "".join(f"\t{path} {version}\n" for path, version in wanted)
    (folder / "go.mod").write_text(f"module read\n\ngo 1.26\n\nrequire (\n{requires})\n")
    reading = Reading(listed(folder, [path for path, _ in wanted]))
    print("\n".join(row(reading, *known) for known in rows()))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
