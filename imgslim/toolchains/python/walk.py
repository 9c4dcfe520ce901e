"""Walk through a module, past what no value is made of: white space, brackets, commas, operators.

libcst's own walk (:meth:`libcst.CSTNode.visit`) makes every node anew on its way, and looks at all of them: on the
sources of an ordinary service that takes ten times as long as reading them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The fields of each kind of node that hold others, in the order of the text as libcst goes through them.
_FIELDS = {
    "AnnAssign": "target annotation value",
    "Annotation": "annotation",
    "Arg": "keyword value",
    "AsName": "name",
    "Assert": "test msg",
    "Assign": "targets value",
    "AssignTarget": "target",
    "Attribute": "value attr",
    "AugAssign": "target value",
    "Await": "expression",
    "BinaryOperation": "left right",
    "BooleanOperation": "left right",
    "Break": "",
    "Call": "func args",
    "ClassDef": "decorators name type_parameters bases keywords body",
    "CompFor": "target iter ifs inner_for_in",
    "CompIf": "test",
    "Comparison": "left comparisons",
    "ComparisonTarget": "comparator",
    "ConcatenatedString": "left right",
    "Continue": "",
    "Decorator": "decorator",
    "Del": "target",
    "Dict": "elements",
    "DictComp": "key value for_in",
    "DictElement": "key value",
    "Element": "value",
    "Ellipsis": "",
    "Else": "body",
    "ExceptHandler": "type name body",
    "ExceptStarHandler": "type name body",
    "Expr": "value",
    "Finally": "body",
    "Float": "",
    "For": "target iter body orelse",
    "FormattedString": "parts",
    "FormattedStringExpression": "expression format_spec",
    "FormattedStringText": "",
    "From": "item",
    "FunctionDef": "decorators name type_parameters params returns body",
    "GeneratorExp": "elt for_in",
    "Global": "names",
    "If": "test body orelse",
    "IfExp": "body test orelse",
    "Imaginary": "",
    "Import": "names",
    "ImportAlias": "name asname",
    "ImportFrom": "module names",
    "ImportStar": "",
    "IndentedBlock": "body",
    "Index": "value",
    "Integer": "",
    "Lambda": "params body",
    "List": "elements",
    "ListComp": "elt for_in",
    "Match": "subject cases",
    "MatchAs": "pattern name",
    "MatchCase": "pattern guard body",
    "MatchClass": "cls patterns kwds",
    "MatchKeywordElement": "key pattern",
    "MatchList": "patterns",
    "MatchMapping": "elements rest",
    "MatchMappingElement": "key pattern",
    "MatchOr": "patterns",
    "MatchOrElement": "pattern",
    "MatchSequenceElement": "value",
    "MatchSingleton": "value",
    "MatchStar": "name",
    "MatchTuple": "patterns",
    "MatchValue": "value",
    "Module": "body",
    "Name": "",
    "NameItem": "name",
    "NamedExpr": "target value",
    "Nonlocal": "names",
    "Param": "name annotation default",
    "ParamSlash": "",
    "ParamSpec": "name",
    "ParamStar": "",
    "Parameters": "posonly_params posonly_ind params star_arg kwonly_params star_kwarg",
    "Pass": "",
    "Raise": "exc cause",
    "Return": "value",
    "Set": "elements",
    "SetComp": "elt for_in",
    "SimpleStatementLine": "body",
    "SimpleStatementSuite": "body",
    "SimpleString": "",
    "Slice": "lower upper step",
    "StarredDictElement": "value",
    "StarredElement": "value",
    "Subscript": "value slice",
    "SubscriptElement": "slice",
    "Try": "body handlers orelse finalbody",
    "TryStar": "body handlers orelse finalbody",
    "Tuple": "elements",
    "TypeAlias": "name type_parameters value",
    "TypeParam": "param default",
    "TypeParameters": "params",
    "TypeVar": "name bound",
    "TypeVarTuple": "name",
    "UnaryOperation": "expression",
    "While": "test body orelse",
    "With": "items body",
    "WithItem": "item asname",
    "Yield": "value",
}
#: By class, filled as classes are met; None for one that is not listed.
_known: dict[type[cst.CSTNode], tuple[str, ...] | None] = {}


class Walk:
    """A walk that calls ``visit_X`` before, and ``leave_X`` after, the inner nodes of each node of a kind X.

    As in :class:`libcst.CSTVisitor`, ``visit_X`` keeps out of the inner ones by False.
    """

    def walk(self, root: cst.CSTNode) -> None:
        """Go through ``root`` and all below it, in the order of the text, however deep that nests."""
        methods: dict[type, tuple[Callable[[Any], bool | None] | None, Callable[[Any], None] | None]] = {}
        todo: list[cst.CSTNode | tuple[Callable[[Any], None], cst.CSTNode]] = [root]
        while todo:
            node = todo.pop()
            if isinstance(node, tuple):
                node[0](node[1])
                continue
            kind = node.__class__
            if kind not in methods:
                name = kind.__name__
                methods[kind] = getattr(self, f"visit_{name}", None), getattr(self, f"leave_{name}", None)
            enter, leave = methods[kind]
            inner = enter is None or enter(node) is not False
            if leave is not None:
                todo.append((leave, node))
            if inner:
                todo += _backwards(node)


def _backwards(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes right below, the last one first."""
    kind = node.__class__
    if kind not in _known:
        listed = _FIELDS.get(kind.__name__)
        _known[kind] = tuple(reversed(listed.split())) if listed is not None else None
    fields = _known[kind]
    if fields is None:  # a kind of a later version of libcst
        yield from reversed(node.children)
        return
    for field in fields:
        value = getattr(node, field)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, tuple | list):
            yield from reversed(value)
