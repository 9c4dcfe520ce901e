"""Command lines of npm, yarn and pnpm (docs.npmjs.com/cli, classic.yarnpkg.com and yarnpkg.com/cli, pnpm.io/cli)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MANAGERS = frozenset(("npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx", "corepack", "cnpm"))
#: Options that take the next word, by manager; all others hold their value behind ``=`` or have none.
_VALUED = {
    "npm": frozenset(
        "--prefix -C -w --workspace --loglevel --registry --cache --userconfig --omit --include --only -c --call -p "
        "--package --script-shell --fetch-retries --fetch-timeout --network-timeout".split()
    ),
    "yarn": frozenset(
        "--cwd --network-timeout --registry --cache-folder --modules-folder --mutex --use-yarnrc".split()
    ),
    "pnpm": frozenset("--dir -C --filter -F --loglevel --reporter --registry --store-dir --package".split()),
}
_PRODUCTION = frozenset(
    ("--production", "--production=true", "--prod", "-P", "--only=production", "--only=prod", "--omit=dev")
)
_FOLDER = frozenset(("--prefix", "--cwd", "--dir", "-C"))
_PACKAGE = frozenset(("-w", "--workspace", "--filter", "-F"))
_ALIASES = {
    "npm": {"run-script": "run", "rum": "run", "urn": "run", "i": "install", "add": "install", "in": "install",
            "isntall": "install", "clean-install": "ci", "install-clean": "ci", "ic": "ci", "it": "install-test",
            "x": "exec", "rb": "rebuild", "t": "test", "tst": "test", "c": "config"},
    "yarn": {"run-script": "run"},
    "pnpm": {"run-script": "run", "i": "install", "x": "exec", "rb": "rebuild", "t": "test", "tst": "test",
             "c": "config"},
}  # fmt: skip
#: Verbs that stand for the script of that name.
_SCRIPTS = frozenset(("start", "test", "stop", "restart"))
#: What yarn and pnpm do themselves; any other first word is a script or a program of a package.
_OWN = {
    "yarn": frozenset(
        "access add audit autoclean bin cache check config constraints create dedupe dlx exec explain "
        "generate-lock-entry global help import info init install licenses link list login logout node npm outdated "
        "owner pack patch patch-commit plugin policies prod publish rebuild remove run search set stage tag team "
        "unlink unplug up upgrade upgrade-interactive version versions why workspace workspaces".split()
    ),
    "pnpm": frozenset(
        "add approve-builds audit bin cache cat-file catalog config create dedupe deploy dlx doctor env exec fetch "
        "help import init install install-test licenses link list ls outdated pack patch patch-commit patch-remove "
        "prune publish rebuild recursive remove rm root run self-update server setup store uninstall unlink up update "
        "upgrade why".split()
    ),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One command of a package manager, read."""

    #: ``npm``, ``yarn`` or ``pnpm``.
    manager: str
    #: ``install``, ``ci``, ``run``, ``exec``, ``global`` …; of ``npm start`` it is ``run``.
    verb: str
    #: The script or program, and its own arguments; of other verbs their operands.
    operands: tuple[str, ...]
    options: tuple[str, ...]
    #: Where it works, relative to where it starts; "" for there.
    folder: str = ""
    #: The package of a workspace that it works in, by name or folder; "" for the one of the folder.
    package: str = ""

    @property
    def production(self) -> bool:
        """Tell whether development's packages are left out, by the command's own words."""
        return bool(_PRODUCTION & {*self.options})

    @property
    def is_global(self) -> bool:
        """Tell whether it installs for the whole machine."""
        return self.verb == "global" or bool({"-g", "--global", "--location=global"} & {*self.options})

    @property
    def is_install(self) -> bool:
        """Tell whether it puts packages below node_modules."""
        return self.verb in ("install", "ci", "install-test", "add", "fetch", "rebuild", "import", "deploy")


def read_call(argv: Sequence[str]) -> Call | None:
    """Read a command; None where it is none of a manager, or asks for nothing that is known."""
    if not argv:
        return None
    name = argv[0].rsplit("/", 1)[-1]
    manager = {"yarnpkg": "yarn", "cnpm": "npm", "npx": "npm", "pnpx": "pnpm"}.get(name, name)
    if name == "corepack":
        return read_call(argv[1:]) if len(argv) > 1 and argv[1] in MANAGERS else Call("corepack", "", (), ())
    if name not in MANAGERS:
        return None
    rest = argv[1:] if name not in ("npx", "pnpx") else ("exec", *argv[1:])
    options, rest = _options(rest, manager)
    verb = rest[0] if rest else "install" if manager == "yarn" else ""
    verb, operands = _ALIASES[manager].get(verb, verb), tuple(rest[1:])
    if manager == "yarn" and verb == "workspace" and len(operands) > 1:
        inner = read_call(("yarn", *operands[1:]))
        return None if inner is None else replace(inner, package=operands[0], folder=_value(options, _FOLDER))
    if verb in ("run", "exec") or verb in _SCRIPTS or (verb and verb not in _OWN.get(manager, frozenset((verb,)))):
        words = operands if verb in ("run", "exec") else (verb, *operands)
        return _started(Call(manager, "exec" if verb == "exec" else "run", (), ()), words, options)
    more, plain = _all_options(operands, manager)
    return _call(Call(manager, verb, plain, ()), (*options, *more))


def _call(call: Call, options: tuple[tuple[str, str], ...]) -> Call:
    shown = tuple(f"{name}={value}" if value else name for name, value in options)
    return replace(call, options=shown, folder=_value(options, _FOLDER), package=_value(options, _PACKAGE))


def _value(options: Iterable[tuple[str, str]], names: frozenset[str]) -> str:
    """The value of the first of several options that mean the same; "" without one."""
    return next((value for name, value in options if name in names), "")


def _started(call: Call, words: Sequence[str], options: tuple[tuple[str, str], ...]) -> Call | None:
    """What a script or program gets: npm keeps its own options until ``--``, the others until the name."""
    if call.manager == "npm" and call.verb == "run":
        before, own = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, ())
        more, plain = _all_options(before, call.manager)
        words = (*plain, *own)
    else:
        more, plain = _options(words, call.manager)
        words = plain[1:] if plain[:1] == ("--",) else plain
        if call.manager == "pnpm" and words[1:2] == ("--",):
            words = (words[0], *words[2:])
    options = (*options, *more)
    if not words or any(name in ("-c", "--call") for name, _ in options):
        return None
    return _call(replace(call, operands=tuple(words)), options)


def _options(words: Sequence[str], manager: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The options before the first other word, each with its value, and what follows."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-", "--"):
        name, equals, value = words[at].partition("=")
        if not equals and name in _VALUED[manager] and at + 1 < len(words):
            at += 1
            value = words[at]
        found.append((name, value))
        at += 1
    return tuple(found), tuple(words[at:])


def _all_options(words: Sequence[str], manager: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """All options wherever they stand, and the other words."""
    found: list[tuple[str, str]] = []
    plain: list[str] = []
    rest = tuple(words)
    while rest:
        some, rest = _options(rest, manager)
        found += some
        plain += rest[:1]
        rest = rest[1:]
    return tuple(found), tuple(plain)
