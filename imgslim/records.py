"""Dataclasses whose methods are made when they are first needed.

:func:`dataclasses.dataclass` compiles up to nine methods for each class while a module is being imported; for the
classes of this package that was more than half of a cold start. Here equality, order, hash and representation are
shared code, and ``__init__`` is compiled for a class of which many instances are made. A type checker,
:func:`dataclasses.fields` and :func:`dataclasses.asdict` see ordinary dataclasses.
"""

# The half below "else" is what a type checker is told to take for the standard library's: it has no types of its own.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, N807, PLC0415, RUF063

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass", "field", "numerous", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from typing import TypeVar

    _Class = TypeVar("_Class", bound=type)

    def numerous(cls: _Class) -> _Class:
        """See below."""
        return cls
else:
    from operator import attrgetter, ge, gt, le, lt
    from types import FunctionType, MemberDescriptorType

    #: Stands for "no default": None is one.
    _NONE = object()
    #: Instances that are made without a compiled ``__init__``: compiling one costs as much as filling about so many.
    _FEW = 16
    _set = object.__setattr__

    class _Field:
        """What :func:`field` says of a field."""

        __slots__ = ("default", "factory")

        def __init__(self, default, factory):
            self.default = default
            self.factory = factory

    def field(*, default=_NONE, default_factory=_NONE):
        """Give a field a default, or a function that makes one for each instance."""
        return _Field(default, default_factory)

    def dataclass(cls=None, /, *, frozen=False, slots=False, order=False):
        """Make a class a dataclass; the arguments are those of :func:`dataclasses.dataclass`."""
        if cls is None:
            return lambda cls: _made(cls, frozen, slots, order)
        return _made(cls, frozen, slots, order)

    def numerous(cls):
        """Take the guard against assignment from a frozen class of which each file, or each plan, makes instances.

        A type checker refuses the assignment all the same. With the guard, each field has to be set past it, and an
        instance of four fields takes five times as long to make.
        """
        del cls.__setattr__, cls.__delattr__
        cls.__init__ = _first_init(cls, frozen=False)
        return cls

    def replace(instance, /, **changes):
        """A copy of ``instance`` with some fields changed."""
        cls = instance.__class__
        for name in cls.__match_args__:
            if name not in changes:
                changes[name] = getattr(instance, name)
        return cls(**changes)

    def _made(cls, frozen, slots, order):
        own = cls.__dict__.get("__annotations__", {})
        inherited = getattr(cls, "__match_args__", ())
        names = (*inherited, *(name for name in own if name not in inherited))
        defaults = dict(getattr(cls, "_defaults_", {}))
        attributes = dict(cls.__dict__)
        for name in own:
            if name in attributes:
                value = attributes[name]
                defaults[name] = value if isinstance(value, _Field) else _Field(value, _NONE)
        methods = {"__match_args__": names, "_defaults_": defaults, "__dataclass_fields__": _Described()}
        values = _values(names)
        methods |= _methods(names, values, frozen, order)
        methods = {name: value for name, value in methods.items() if name not in attributes}
        if slots:
            for name in ("__dict__", "__weakref__", *defaults):
                attributes.pop(name, None)
            methods["__slots__"] = tuple(name for name in names if name not in inherited)
            if frozen:
                methods["__reduce__"] = _reduced(values)
            made = type(cls)(cls.__name__, cls.__bases__, attributes | methods)
            made.__qualname__ = cls.__qualname__
        else:
            made = cls
            for name, value in methods.items():
                setattr(made, name, value)
            for name, default in defaults.items():
                if default.default is not _NONE:
                    setattr(made, name, default.default)
        made.__init__ = _first_init(made, frozen)
        return made

    def _values(names):
        """What gives the values of an instance as a tuple."""
        match len(names):
            case 0:
                return _no_values
            case 1:
                (name,) = names
                return lambda self: (getattr(self, name),)
            case _:
                return attrgetter(*names)

    def _methods(names, values, frozen, order):
        """The methods that need no compiling."""

        def __eq__(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        def __hash__(self):
            return hash(values(self))

        form = ", ".join(f"{name}=%r" for name in names)

        def __repr__(self):
            return f"{self.__class__.__qualname__}({form % values(self)})"

        found = {"__eq__": __eq__, "__hash__": __hash__ if frozen else None, "__repr__": __repr__}
        if frozen:
            found |= {"__setattr__": _refuse, "__delattr__": _refuse}
        if order:
            found |= {f"__{compare.__name__}__": _compared(compare, values) for compare in (lt, le, gt, ge)}
        return found

    def _no_values(_self):
        return ()

    def _compared(compare, values):
        def compared(self, other):
            return compare(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

        return compared

    def _refuse(_self, name, *_value):
        from dataclasses import FrozenInstanceError

        verb = "assign to" if _value else "delete"
        message = f"cannot {verb} field {name!r}"
        raise FrozenInstanceError(message)

    def _reduced(values):
        """How a copy is made, for :mod:`pickle`: by a call, since nothing may be assigned to it later."""

        def __reduce__(self):
            return self.__class__, values(self)

        return __reduce__

    def _first_init(cls, frozen):
        """An ``__init__`` for the first instances; the compiled one takes its place where there are many."""
        names, defaults = cls.__match_args__, cls._defaults_
        left = 0 if hasattr(cls, "__post_init__") else _FEW

        def __init__(self, *args, **kwargs):
            nonlocal left
            left -= 1
            # A call that is wrong in any way is left to the compiled one: its message is Python's own.
            if left < 0 or not _filled(self, names, defaults, args, kwargs):
                cls.__init__ = made = _init(cls, frozen)
                made(self, *args, **kwargs)

        return __init__

    def _filled(instance, names, defaults, args, kwargs):
        """Set the fields from the arguments of a call; False where they do not fit."""
        taken = len(args)
        if taken > len(names):
            return False
        used = 0
        for name, value in zip(names, args):  # noqa: B905 - the rest follows
            _set(instance, name, value)
        for name in names[taken:]:
            if name in kwargs:
                used += 1
                _set(instance, name, kwargs[name])
            elif name in defaults:
                default = defaults[name]
                _set(instance, name, default.default if default.factory is _NONE else default.factory())
            else:
                return False
        return used == len(kwargs)

    def _init(cls, frozen):
        """``__init__`` with one parameter for each field."""
        names, defaults = cls.__match_args__, cls._defaults_
        slots = [getattr(cls, name, None).__class__ is MemberDescriptorType for name in names]
        simple = all(slots) and all(default.factory is _NONE for default in defaults.values())
        if simple and not hasattr(cls, "__post_init__"):
            return _like(cls, names, [defaults[n].default for n in names if n in defaults], frozen)
        known = {"_none": _NONE, "_set": _set}
        parameters, lines = [], []
        for name in names:
            default = defaults.get(name)
            value = name
            if default is None:
                parameters.append(name)
            elif default.factory is not _NONE:
                known[f"_make_{name}"] = default.factory
                parameters.append(f"{name}=_none")
                value = f"_make_{name}() if {name} is _none else {name}"
            else:
                known[f"_default_{name}"] = default.default
                parameters.append(f"{name}=_default_{name}")
            lines.append(f"    _set(self, {name!r}, {value})\n" if frozen else f"    self.{name} = {value}\n")
        if hasattr(cls, "__post_init__"):
            lines.append("    self.__post_init__()\n")
        text = f"def __init__({', '.join(('self', *parameters))}):\n{''.join(lines) or '    pass'}"
        exec(text, known)  # noqa: S102 - the text holds names of fields alone
        made = known["__init__"]
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    #: By number of fields, and whether they are guarded: one ``__init__`` is compiled for all classes of a kind.
    _compiled = {}

    def _like(cls, names, values, frozen):
        """The ``__init__`` of all classes of as many slots, with its names; ``values``: the defaults of the last."""
        key = len(names), frozen
        if key not in _compiled:
            fields = [f"_{number}" for number in range(len(names))]
            # A slot's own setter takes half the time of object.__setattr__, which looks it up by its name.
            lines = [f"    _set{n}(self, {n})\n" if frozen else f"    self.{n} = {n}\n" for n in fields]
            text = f"def __init__({', '.join(('self', *fields))}):\n{''.join(lines) or '    pass'}"
            exec(text, known := {})  # noqa: S102 - the text holds numbers alone
            _compiled[key] = known["__init__"].__code__
        qualname = f"{cls.__qualname__}.__init__"
        code = _compiled[key].replace(co_varnames=("self", *names), co_qualname=qualname)
        known = {f"_set_{number}": getattr(cls, name).__set__ for number, name in enumerate(names)} if frozen else {}
        return FunctionType(code if frozen else code.replace(co_names=names), known, "__init__", tuple(values))

    class _Described:
        """``__dataclass_fields__``: what the standard library's own functions ask for, made by it when asked."""

        def __get__(self, _instance, owner):
            from dataclasses import dataclass, field

            body = {"__annotations__": {name: _annotation(owner, name) for name in owner.__match_args__}}
            for name, default in owner._defaults_.items():
                factory = default.factory
                body[name] = default.default if factory is _NONE else field(default_factory=factory)
            return dataclass(type(owner.__name__, (), body)).__dataclass_fields__

    def _annotation(owner, name):
        return next(
            cls.__annotations__[name] for cls in owner.__mro__ if name in cls.__dict__.get("__annotations__", {})
        )
