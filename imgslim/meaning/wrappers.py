"""Commands that only start another one: ``sudo``, ``env``, ``exec``, ``nice`` and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.values import Value


@dataclass(frozen=True, slots=True)
class Wrapper:
    """How a wrapper's command line ends and its command's begins."""

    #: Its options that take a value as the next word.
    valued: frozenset[str] = frozenset()
    #: Operands of its own before the command.
    operands: int = 0
    #: ``NAME=value`` words before the command set its environment.
    assigns: bool = False
    #: It runs the command as another user: the option that names it.
    user: str = ""
    #: Options that make it something else than a wrapper (``command -v`` only looks a name up).
    never: frozenset[str] = frozenset()


def _options(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Every wrapper by its name, by each one's manual page.
WRAPPERS = {
    "sudo": Wrapper(
        _options("-u --user -g --group -C -D -h -p -r -t -T -U --chdir --prompt"),
        assigns=True, user="-u", never=_options("-i -s -e -l -v -D --chdir --login --shell"),
    ),
    "doas": Wrapper(_options("-u -C -a"), user="-u", never=_options("-s -L")),
    "env": Wrapper(
        _options("-u --unset"), assigns=True, never=_options("-C --chdir -S --split-string -i --ignore-environment -")
    ),
    "exec": Wrapper(_options("-a")),
    "command": Wrapper(never=_options("-v -V")),
    "builtin": Wrapper(),
    "time": Wrapper(_options("-f --format -o --output")),
    "nice": Wrapper(_options("-n --adjustment")),
    "ionice": Wrapper(_options("-c -n -p")),
    "nohup": Wrapper(),
    "setsid": Wrapper(),
    "eatmydata": Wrapper(),
    "fakeroot": Wrapper(_options("-l -s -i -b")),
    "stdbuf": Wrapper(_options("-i -o -e --input --output --error")),
    "timeout": Wrapper(_options("-s --signal -k --kill-after"), operands=1),
    "tini": Wrapper(_options("-e -p")),
    "dumb-init": Wrapper(_options("-r --rewrite")),
    "setpriv": Wrapper(
        _options(
            "--reuid --regid --ruid --rgid --euid --egid --groups --inh-caps --ambient-caps --bounding-set "
            "--securebits --pdeathsig --ptracer --selinux-label --apparmor-profile"
        ),
        never=_options("-d --dump"),
    ),
    "gosu": Wrapper(operands=1, user="operand"),
    "su-exec": Wrapper(operands=1, user="operand"),
    "ccache": Wrapper(never=_options("-s -c -C -z -M -F --show-stats --clear")),
    "sccache": Wrapper(never=_options("-s --show-stats --start-server --stop-server")),
    "distcc": Wrapper(),
}  # fmt: skip
_ASSIGNMENT = regex(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


def unwrap(command: Command) -> Command:
    """The command that is really run: transparent wrappers taken off, one after the other.

    What they set (``env A=b``, ``sudo -u user``) goes into the result's ``assignments`` and ``user``. A command whose
    words are not settled far enough to see through stays as it is.
    """
    while (wrapper := WRAPPERS.get(command.name or "")) is not None:
        inner = _unwrap_once(command, wrapper)
        if inner is None:
            break
        command = inner
    return command


def _unwrap_once(command: Command, wrapper: Wrapper) -> Command | None:
    inner = wrapped(command.argv, wrapper)
    if inner is None:
        return None
    user = inner.user if inner.user is not None else "root" if wrapper.user == "-u" else command.user
    assignments = (*command.assignments, *inner.assignments)
    return replace(command, words=command.words[inner.at :], assignments=assignments, user=user)


@dataclass(frozen=True, slots=True)
class Inner:
    """The command that a wrapper starts."""

    #: The index of its first word.
    at: int
    assignments: tuple[tuple[str, str], ...]
    #: The user that the wrapper's own words name; None where they name none.
    user: Value | None


def wrapped(words: Sequence[Value], wrapper: Wrapper) -> Inner | None:
    """Find the command behind a wrapper's own words, of which ``words`` has all; None where that is not settled."""
    assignments: list[tuple[str, str]] = []
    user: Value | None = None
    operands = wrapper.operands
    at = 1
    while at < len(words):
        text = words[at]
        if not isinstance(text, str) and operands and wrapper.user == "operand":
            user = text  # gosu and su-exec take no options: what stands here is the user, whoever that is
            operands -= 1
            at += 1
            continue
        if not isinstance(text, str) or text in wrapper.never:
            return None
        if text == "--":
            at += 1
        elif text.startswith("-") and len(text) > 1:
            if text in wrapper.valued:
                if text == wrapper.user and at + 1 < len(words):
                    user = words[at + 1]
                at += 1
            at += 1
        elif wrapper.assigns and (match := _ASSIGNMENT.fullmatch(text)):
            assignments.append((match[1], match[2]))
            at += 1
        elif operands:
            user = text if wrapper.user == "operand" else user
            operands -= 1
            at += 1
        else:
            return Inner(at, tuple(assignments), user)
    return None


def directory_option(command: Command, option: str = "-C") -> Value | None:
    """The folder that ``make -C folder``, ``go -C folder`` or ``ninja -Cfolder`` changes to; None without it."""
    for at, word in enumerate(command.words[1:], 1):
        if word.value == option and at + 1 < len(command.words):
            return command.words[at + 1].value
        if isinstance(word.value, str) and word.value.startswith(option) and len(word.value) > len(option):
            return word.value[len(option) :]
    return None
