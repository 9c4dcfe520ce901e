"""Programs that are called as if they were functions: ``sh.git("log")``, ``from plumbum.cmd import git``.

Sources: sh's and plumbum's manuals ("Command", "Local Commands"): a name is looked up on PATH, underscores also as
dashes; what is computed may be any program.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from imgslim.model import NeedKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from imgslim.toolchains.gathered import Gathered

#: Packages whose names are programs.
CALLED = frozenset({"plumbum", "sh"})
#: What sh gives beside programs; classes begin with a capital.
_OF_SH = frozenset("args bake cd contrib glob pushd".split())
_ANY = "*"


def called_programs(path: str, data: bytes, packages: Collection[str], gathered: Gathered) -> None:
    """Add the programs that a module calls by way of these packages.

    Args:
        path: what the module is called in reasons.
        data: its text.
        packages: those of ``CALLED`` that are imported and none of the project's own modules.
        gathered: takes the needs.
    """
    if not packages or not any(package.encode() in data for package in packages):
        return
    try:
        found = tuple(_Reader(ast.parse(data), packages).programs())
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: what nests too deeply (ast.parse)
        gathered.need(NeedKind.COMMAND, _ANY, f"{path} starts programs by their names")
        return
    for name, line in found:
        if name == _ANY:
            gathered.need(NeedKind.COMMAND, _ANY, f"{path}:{line} starts programs by names that are not literal")
        else:
            gathered.need(NeedKind.COMMAND, name, f"{path}:{line} starts {name}")


class _Reader:
    """One module: what its imports bound, then what is done with that."""

    def __init__(self, tree: ast.Module, packages: Collection[str]) -> None:
        self.tree = tree
        #: Name to what it stands for: ``sh``, ``sh.Command``, ``plumbum``, ``plumbum.local``, ``plumbum.cmd``.
        self.names: dict[str, str] = {}
        self.imported: list[tuple[str, int]] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name in packages or alias.name == "plumbum.cmd":
                        self.names[alias.asname or alias.name.partition(".")[0]] = (
                            alias.name if alias.asname else alias.name.partition(".")[0]
                        )
            elif isinstance(node, ast.ImportFrom) and not node.level:
                module = node.module or ""
                if module.partition(".")[0] in packages:
                    self._from(module, node)

    def _from(self, module: str, node: ast.ImportFrom) -> None:
        for alias in node.names:
            full = f"{module}.{alias.name}"
            if alias.name == "*" and module in ("sh", "plumbum.cmd"):
                self.imported.append((_ANY, node.lineno))
            elif full in ("sh.Command", "sh.contrib", "plumbum.local", "plumbum.cmd"):
                self.names[alias.asname or alias.name] = full
            elif module in ("sh", "sh.contrib", "plumbum.cmd") and _is_program(alias.name):
                self.imported.append((_named(alias.name), node.lineno))

    def _full(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return self.names.get(node.id, "")
        if isinstance(node, ast.Attribute) and (base := self._full(node.value)):
            return f"{base}.{node.attr}"
        return ""

    def programs(self) -> Iterator[tuple[str, int]]:
        """Each program, or ``*``, with its line."""
        yield from self.imported
        inner = {id(n.value) for n in ast.walk(self.tree) if isinstance(n, ast.Attribute | ast.Subscript)}
        called = {id(n.func): n for n in ast.walk(self.tree) if isinstance(n, ast.Call)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Subscript) and self._full(node.value) == "plumbum.local":
                yield _literal(node.slice), node.lineno
            if not isinstance(node, ast.Name | ast.Attribute) or not (full := self._full(node)):
                continue
            base, _, name = full.rpartition(".")
            call = called.get(id(node))
            if full in ("sh.Command", "plumbum.local.get"):
                if call is None or not call.args:
                    yield _ANY, node.lineno
                for given in call.args if call is not None else ():
                    yield _literal(given), node.lineno
            elif base in ("sh", "sh.contrib", "plumbum.cmd", "plumbum.local.cmd"):
                if _is_program(name):
                    yield _named(name), node.lineno
            elif full in ("sh", "plumbum.cmd", "plumbum.local") and id(node) not in inner:
                # Handed on as a value: what becomes of it is not followed.
                yield _ANY, node.lineno


def _is_program(name: str) -> bool:
    return name not in _OF_SH and not name.startswith("_") and not name[0].isupper()


def _named(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _literal(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else _ANY
