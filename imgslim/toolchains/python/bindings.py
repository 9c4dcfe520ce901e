"""What the names of a module are bound to, scope by scope: every value that a name may have.

The rules are those of the Python reference, "Naming and binding".
Order is not followed: a function may run after any line of the module, and a loop's end comes before its begin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from imgslim.toolchains.python.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

#: An expression; None for a value that no expression of the module shows.
Bound = cst.BaseExpression | None


class Bindings(Walk):
    """Names to what they are bound to, by the node whose scope it is: the module, a function, a class."""

    def __init__(self, module: cst.Module) -> None:
        """Take the module; it is walked through when somebody asks."""
        self._module = module
        self.scopes: dict[int, dict[str, list[Bound]]] = {}
        self._stack: list[dict[str, list[Bound]]] = []
        #: Of each scope on the stack the names that are bound outside of it.
        self._outer: list[dict[str, dict[str, list[Bound]]]] = []

    def of(self, node: cst.CSTNode) -> Mapping[str, list[Bound]]:
        """What is bound in the scope of a node."""
        if not self.scopes:
            self.walk(self._module)
        return self.scopes.get(id(node), {})

    def _bind(self, name: str, *values: Bound) -> None:
        scope = self._outer[-1].get(name, self._stack[-1])
        scope.setdefault(name, []).extend(values)

    def _target(self, target: cst.BaseExpression, value: Bound) -> None:
        """Bind what stands left of ``=`` or behind ``for``; only a tuple of as many values is taken apart."""
        if isinstance(target, cst.Name):
            self._bind(target.value, value)
        elif isinstance(target, cst.Tuple | cst.List):
            values: list[Bound] = [None] * len(target.elements)
            if isinstance(value, cst.Tuple | cst.List) and len(value.elements) == len(target.elements):
                values = [None if isinstance(e, cst.StarredElement) else e.value for e in value.elements]
            for element, part in zip(target.elements, values, strict=True):
                self._target(element.value, None if isinstance(element, cst.StarredElement) else part)

    # --- scopes --------------------------------------------------------------------------------------------

    def _enter(self, node: cst.CSTNode) -> None:
        scope: dict[str, list[Bound]] = {}
        self.scopes[id(node)] = scope
        self._stack.append(scope)
        self._outer.append({})

    def _leave(self) -> None:
        self._stack.pop()
        self._outer.pop()

    def visit_Module(self, node: cst.Module) -> None:  # noqa: N802  (a walk looks for that name)
        """The outermost scope."""
        self._enter(node)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802
        """A scope, and a name of the one around it."""
        self._bind(node.name.value, None)
        self._enter(node)

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:  # noqa: ARG002, N802
        """Back to the scope around it."""
        self._leave()

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
        """The same."""
        self._bind(node.name.value, None)
        self._enter(node)

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:  # noqa: ARG002, N802
        """Back to the scope around it."""
        self._leave()

    def visit_Global(self, node: cst.Global) -> None:  # noqa: N802
        """Names of the module."""
        self._outer[-1] |= {item.name.value: self._stack[0] for item in node.names}

    def visit_Nonlocal(self, node: cst.Nonlocal) -> None:  # noqa: N802
        """Names of the scope around this one; which of several is not followed."""
        for item in node.names:
            for scope in self._stack[1:-1]:
                scope.setdefault(item.name.value, []).append(None)

    # --- what binds ----------------------------------------------------------------------------------------

    def visit_Param(self, node: cst.Param) -> None:  # noqa: N802
        """A parameter is its default, or what the caller gives."""
        self._bind(node.name.value, None, *((node.default,) if node.default is not None else ()))

    def visit_Assign(self, node: cst.Assign) -> None:  # noqa: N802
        """``a = b = value``."""
        for target in node.targets:
            self._target(target.target, node.value)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802
        """``a: str = value``."""
        if node.value is not None:
            self._target(node.target, node.value)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:  # noqa: N802
        """``a += value``: what it was and more; a list is the same list, longer."""
        if not isinstance(node.value, cst.List | cst.Tuple):
            self._target(node.target, None)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:  # noqa: N802
        """``(a := value)``."""
        self._target(node.target, node.value)

    def visit_For(self, node: cst.For) -> None:  # noqa: N802
        """``for a in values``."""
        self._each(node.target, node.iter)

    def visit_CompFor(self, node: cst.CompFor) -> None:  # noqa: N802
        """The same in a comprehension, taken for a part of the scope around it."""
        self._each(node.target, node.iter)

    def _each(self, target: cst.BaseExpression, values: cst.BaseExpression) -> None:
        if not isinstance(values, cst.Tuple | cst.List | cst.Set):
            self._target(target, None)
            return
        for element in values.elements:
            self._target(target, None if isinstance(element, cst.StarredElement) else element.value)

    def visit_AsName(self, node: cst.AsName) -> None:  # noqa: N802
        """``with … as a``, ``except … as a``."""
        self._target(node.name, None)

    def visit_MatchAs(self, node: cst.MatchAs) -> None:  # noqa: N802
        """``case … as a``."""
        if node.name is not None:
            self._bind(node.name.value, None)
