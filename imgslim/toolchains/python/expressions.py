"""What expressions of a module come to: full names of functions, texts, command lines; read with libcst."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node

from imgslim.toolchains.python.functions import ANY_START, IMPORTS, LOOKED_AT, START_NAMES
from imgslim.toolchains.python.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imgslim.toolchains.python.bindings import Bindings, Bound

#: Bindings of a name that are looked at, and names in a row that stand for one another; more come to anything.
_BINDINGS, _NAMES = 16, 3
#: What stands for the interpreter itself.
SELF = "\0python"


class Expressions(Walk):
    """A walk through a module that knows what names stand for."""

    def __init__(self, bindings: Bindings) -> None:
        """Start with the names of the same module's :class:`Bindings`."""
        self.bindings = bindings
        #: The nodes whose scopes hold here, the innermost last.
        self.scopes: list[cst.CSTNode] = []
        #: Of them those of classes, which functions inside of them do not see.
        self.classes: list[int] = []
        #: What a name of the module stands for: ``sp`` for ``subprocess``, ``run`` for ``subprocess.run``.
        self.names: dict[str, str] = {}
        #: Expressions that name a function without handing it on: what is called, given a name, or only compared with.
        self.plain: set[int] = set()
        #: Names whose values are being looked for: one may be bound to what is made of itself.
        self.asked: list[str] = []

    # --- scopes --------------------------------------------------------------------------------------------

    def visit_Module(self, node: cst.Module) -> None:  # noqa: N802  (a walk looks for that name)
        """The outermost scope."""
        self.scopes.append(node)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802  (a walk looks for that name)
        """One inside of it."""
        self.plain.add(id(node.name))
        self.scopes.append(node)

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:  # noqa: ARG002, N802  (as above)
        """Back to the scope around it."""
        self.scopes.pop()

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802  (a walk looks for that name)
        """The same; what is derived from Popen starts what it is given."""
        self.plain.add(id(node.name))
        self.classes.append(len(self.scopes))
        self.scopes.append(node)

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:  # noqa: ARG002, N802  (as above)
        """Back to the scope around it."""
        self.classes.pop()
        self.scopes.pop()

    # --- names ---------------------------------------------------------------------------------------------

    def visit_Import(self, node: cst.Import) -> bool:  # noqa: N802  (a walk looks for that name)
        """``import a.b as c``."""
        for alias in node.names:
            full = get_full_name_for_node(alias.name) or ""
            name = alias.evaluated_alias or full.split(".", 1)[0]
            self.names[name] = full if alias.evaluated_alias else name
            self.imported(full, node)
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: N802  (a walk looks for that name)
        """``from a import b as c``."""
        base = get_full_name_for_node(node.module) if node.module is not None and not node.relative else None
        if base is None:
            return False
        self.imported(base, node)
        if isinstance(node.names, cst.ImportStar):
            self.names |= {name: full for full in LOOKED_AT if (name := full.removeprefix(f"{base}.")) != full}
            return False
        for alias in node.names:
            name = get_full_name_for_node(alias.name) or ""
            self.names[alias.evaluated_alias or name] = f"{base}.{name}"
            self.imported(f"{base}.{name}", node)
        return False

    def visit_Assign(self, node: cst.Assign) -> None:  # noqa: N802  (a walk looks for that name)
        """Names that stand for a function."""
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                self.plain.add(id(target.target))
                if (full := self.function(node.value) or self._imported(node.value)) is not None:
                    self.names[target.target.value] = full
                    self.plain.add(id(node.value))
                elif isinstance(node.value, cst.Name) and (module := self.names.get(node.value.value)) is not None:
                    self.names[target.target.value] = module

    def visit_Annotation(self, node: cst.Annotation) -> bool:  # noqa: ARG002, N802  (as above)
        """What a name is said to be starts nothing."""
        return False

    def visit_Param(self, node: cst.Param) -> None:  # noqa: N802  (a walk looks for that name)
        """A name of its own."""
        self.plain.add(id(node.name))

    def visit_Attribute(self, node: cst.Attribute) -> None:  # noqa: N802  (a walk looks for that name)
        """``subprocess.run`` as a value."""
        self.plain.add(id(node.attr))
        self._value(node)

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802  (a walk looks for that name)
        """The same where the name was imported."""
        self._value(node)

    def _value(self, node: cst.BaseExpression) -> None:
        if id(node) not in self.plain and (full := self.function(node)) is not None:
            self.handed_on(full, node)

    def imported(self, name: str, node: cst.CSTNode) -> None:
        """Hear of a module, or a name of one, that is imported."""

    def handed_on(self, full: str, node: cst.CSTNode) -> None:
        """Hear of a function that starts programs and is given to something else."""

    def function(self, node: cst.BaseExpression) -> str | None:
        """The full name of a function that starts programs, where an expression is one and no call of it."""
        # Every name of a module comes here: most are told by themselves.
        if isinstance(node, cst.Name):
            full = self.names.get(node.value)
        elif isinstance(node, cst.Attribute) and node.attr.value in START_NAMES:
            inner: cst.BaseExpression = node
            while isinstance(inner, cst.Attribute):
                inner = inner.value
            full = self.full(node) if isinstance(inner, cst.Name) else None
        else:
            return None
        return full if full in ANY_START else None

    def full(self, node: cst.BaseExpression) -> str | None:
        """The full name of what a name or an attribute stands for; of a call, that of what is called."""
        if (module := self._imported(node)) is not None:
            return module
        name = get_full_name_for_node(node)
        if name is None:
            return None
        first, dot, rest = name.partition(".")
        return self.names.get(first, first) + dot + rest

    def _imported(self, node: cst.BaseExpression) -> str | None:
        """``importlib.import_module("os").system``: the full name of what a module that a call imports has."""
        if isinstance(node, cst.Call):
            given = node.args[0].value if node.args and node.args[0].keyword is None else None
            return self.text(given) if given is not None and self.full(node.func) in IMPORTS else None
        if isinstance(node, cst.Attribute):
            inner: cst.BaseExpression = node
            while isinstance(inner, cst.Attribute):
                inner = inner.value
            if isinstance(inner, cst.Call):
                module = self._imported(node.value)
                return f"{module}.{node.attr.value}" if module is not None else None
        return None

    # --- values --------------------------------------------------------------------------------------------

    def _bound(self, node: cst.Name) -> Sequence[Bound]:
        """Everything that a name may be bound to."""
        if node.value in self.asked or len(self.asked) == _NAMES:
            return (None,)
        for number in range(len(self.scopes) - 1, -1, -1):
            found = self.bindings.of(self.scopes[number]).get(node.value)
            if found is not None and (number not in self.classes or number == len(self.scopes) - 1):
                return found if len(found) <= _BINDINGS else (None,)
        return (None,)

    def values(self, node: Bound) -> tuple[str | None, ...]:
        """Every text that an expression may be; None for one that is not literal."""
        if not isinstance(node, cst.Name):
            return (self.text(node),)
        bound = self._bound(node)
        self.asked.append(node.value)
        found = dict.fromkeys(value for one in bound for value in self.values(one))
        self.asked.pop()
        return tuple(found)

    def text(self, node: Bound) -> str | None:
        """The one text that an expression is."""
        if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
            value = node.evaluated_value
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if isinstance(node, cst.Name):
            only, *more = self.values(node)
            return only if not more else None
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            parts = [self.text(node.left), self.text(node.right)]
            return "".join(p for p in parts if p is not None) if None not in parts else None
        if node is not None and self.full(node) == "sys.executable":
            return SELF
        if isinstance(node, cst.Call) and self.full(node.func) in ("os.path.join", "pathlib.Path", "str"):
            parts = [self.text(a.value) for a in node.args]
            return posixpath.join(*(p for p in parts if p is not None)) if parts and None not in parts else None
        return None

    def argvs(self, node: Bound) -> Iterator[tuple[str, ...]]:
        """Every command line that an expression may be, as words."""
        if isinstance(node, cst.Name):
            bound = self._bound(node)
            self.asked.append(node.value)
            found = [words for one in bound for words in self.argvs(one)]
            self.asked.pop()
            # A list that has a name may have grown.
            yield from ((*words, "") if words else () for words in found)
        elif isinstance(node, cst.List | cst.Tuple) and node.elements and isinstance(node.elements[0].value, cst.Name):
            _, *rest = self.words(node)
            yield from ((first or "", *rest) for first in self.values(node.elements[0].value))
        else:
            yield self.words(node)

    def words(self, node: Bound) -> tuple[str, ...]:
        """The words of ``["ls", "-l"]``, of ``["ls"] + more``, or of one program; "" for one that is not literal."""
        if isinstance(node, cst.List | cst.Tuple):
            return tuple(self.text(element.value) or "" for element in node.elements)
        if isinstance(node, cst.BinaryOperation):
            return (*self.words(node.left), "")
        if isinstance(node, cst.Call) and self.full(node.func) == "shlex.split" and node.args:
            return tuple((self.text(node.args[0].value) or "").split())
        text = self.text(node)
        return (text,) if text else ()
