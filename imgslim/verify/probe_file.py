"""Read a probes file (``--probe FILE``): TOML, strict about names, so that a typing error is not a probe left out."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from imgslim.errors import UsageError
from imgslim.verify.probes import HttpProbe, Probes, RunProbe, TcpProbe, TextProbe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_RUN = {
    "name": str,
    "args": list,
    "env": dict,
    "stdin": str,
    "timeout": (int, float),
    "exit": int,
    "http": list,
    "tcp": list,
    "stdout": list,
    "stderr": list,
    "command": list,
}
_HTTP = {
    "path": str,
    "method": str,
    "port": int,
    "headers": dict,
    "body": str,
    "status": int,
    "contains": str,
    "content_type": str,
}
_TCP = {"port": int, "send": str, "contains": str}
_TEXT = {"contains": str, "regex": str}
_HINT = "docs/explanation/verification.md lists the names"


def load_probes(path: Path) -> Probes:
    """Read ``path``; raises UsageError(``bad-probe-file``) with the place and the reason."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError("bad-probe-file", f"{path}: {error}", _HINT) from error
    try:
        return parse_probes(data)
    except UsageError as error:
        raise UsageError(error.code, f"{path}: {error}", error.hint) from error


def parse_probes(data: Mapping[str, Any]) -> Probes:
    """Read the tables of a probes file: the top level is one run, each ``[[run]]`` is another.

    Where there are only ``[[run]]`` tables, the plain run is not made.
    """
    top = {key: value for key, value in data.items() if key != "run"}
    tables = data.get("run", [])
    if not isinstance(tables, list):
        raise UsageError("bad-probe-file", "run: write [[run]], with two brackets", _HINT)
    runs = [_run(top, "")] if top or not tables else []
    runs += [_run(_table(table, f"run[{number}]"), f"run[{number}].") for number, table in enumerate(tables)]
    return Probes(tuple(runs))


def _run(table: Mapping[str, Any], at: str) -> RunProbe:
    """Read one run."""
    _check(table, _RUN, at)
    stdin = table.get("stdin")
    return RunProbe(
        name=table.get("name", ""),
        args=_strings(table.get("args", []), f"{at}args"),
        env=_pairs(table.get("env", {}), f"{at}env"),
        stdin=None if stdin is None else stdin.encode(),
        timeout=table.get("timeout"),
        exit=table.get("exit"),
        http=tuple(_http(one, f"{at}http[{n}]") for n, one in enumerate(table.get("http", []))),
        tcp=tuple(_tcp(one, f"{at}tcp[{n}]") for n, one in enumerate(table.get("tcp", []))),
        stdout=tuple(_text(one, f"{at}stdout[{n}]") for n, one in enumerate(table.get("stdout", []))),
        stderr=tuple(_text(one, f"{at}stderr[{n}]") for n, one in enumerate(table.get("stderr", []))),
        commands=_strings(table.get("command", []), f"{at}command"),
    )


def _http(raw: object, at: str) -> HttpProbe:
    """Read one ``[[http]]``."""
    table = _table(raw, at)
    _check(table, _HTTP, f"{at}.")
    path = table.get("path", "/")
    if not path.startswith("/") and path != "*":
        raise UsageError("bad-probe-file", f"{at}.path: {path!r} does not begin with /", _HINT)
    return HttpProbe(
        path=path,
        method=table.get("method", "GET"),
        port=_port(table, at),
        headers=_pairs(table.get("headers", {}), f"{at}.headers"),
        body=table.get("body", "").encode(),
        status=table.get("status", 0),
        contains=table.get("contains", ""),
        content_type=table.get("content_type", ""),
    )


def _tcp(raw: object, at: str) -> TcpProbe:
    """Read one ``[[tcp]]``."""
    table = _table(raw, at)
    _check(table, _TCP, f"{at}.")
    return TcpProbe(_port(table, at), table.get("send", "").encode(), table.get("contains", ""))


def _text(raw: object, at: str) -> TextProbe:
    """Read one ``[[stdout]]`` or ``[[stderr]]``."""
    table = _table(raw, at)
    _check(table, _TEXT, f"{at}.")
    probe = TextProbe(table.get("contains", ""), table.get("regex", ""))
    try:
        re.compile(probe.regex)
    except re.error as error:
        raise UsageError("bad-probe-file", f"{at}.regex: {error}", _HINT) from error
    return probe


def _check(table: Mapping[str, Any], known: Mapping[str, Any], at: str) -> None:
    """Refuse names that mean nothing, and values of another type."""
    for key, value in table.items():
        if key not in known:
            raise UsageError("bad-probe-file", f"{at}{key}: no such name; known: {', '.join(known)}", _HINT)
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise UsageError("bad-probe-file", f"{at}{key}: {value!r} is of the wrong type", _HINT)


def _table(raw: object, at: str) -> Mapping[str, Any]:
    """A table among an array's members."""
    if not isinstance(raw, dict):
        raise UsageError("bad-probe-file", f"{at}: {raw!r} is no table", _HINT)
    return raw


def _port(table: Mapping[str, Any], at: str) -> int:
    """A port number; 0 where none is given."""
    port: int = table.get("port", 0)
    if not 0 <= port < 1 << 16:
        raise UsageError("bad-probe-file", f"{at}.port: {port} is no port", _HINT)
    return port


def _strings(raw: list[object], at: str) -> tuple[str, ...]:
    """An array of strings."""
    strings = tuple(one for one in raw if isinstance(one, str))
    if len(strings) != len(raw):
        raise UsageError("bad-probe-file", f"{at}: only strings stand here", _HINT)
    return strings


def _pairs(raw: Mapping[str, object], at: str) -> tuple[tuple[str, str], ...]:
    """A table of strings."""
    pairs = tuple((key, value) for key, value in raw.items() if isinstance(value, str))
    if len(pairs) != len(raw):
        raise UsageError("bad-probe-file", f"{at}: only strings stand here", _HINT)
    return pairs
