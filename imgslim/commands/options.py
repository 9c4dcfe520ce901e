"""The verification options of the command line as the values that verify/ takes."""

from __future__ import annotations

import re
from importlib.util import find_spec
from math import inf
from typing import TYPE_CHECKING

from imgslim.engine.options import BuildOptions, Limits
from imgslim.errors import EngineOrSystemError, UsageError
from imgslim.records import replace
from imgslim.regex import regex
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probes import Probes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from imgslim.config import Settings

#: As the docker command reads sizes, without fractions.
_MEMORY = regex(r"[1-9][0-9]*[bkmg]?", re.IGNORECASE)


def verify_options(
    *,
    build_args: Sequence[str],
    secrets: Sequence[str],
    ssh: Sequence[str],
    build_contexts: Sequence[str],
    platform: str,
    env: Sequence[str],
    network: str,
    probe: Path | None,
    probe_commands: Sequence[str],
    timeout: float,
    build_timeout: float,
    memory: str,
    max_builds: int,
    no_cache: bool,
) -> VerifyOptions:
    """Collect the options.

    Raises:
        UsageError: an ``--env`` or a ``--build-context`` without a value, a probe file that can't be used, or a bound
            that leaves no room.
        EngineOrSystemError: the package was installed without what verifying needs.
    """
    if find_spec("docker") is None:
        raise EngineOrSystemError(
            "not-installed", "Verifying needs the docker package.", "pip install 'dockerfile-imgslim[verify]'"
        )
    for option, bound in (("--timeout", timeout), ("--build-timeout", build_timeout), ("--max-builds", max_builds)):
        if not 0 < bound < inf:
            raise UsageError("bad-option", f"{option} takes a number above 0, not {bound:g}.")
    if _MEMORY.fullmatch(memory) is None:
        raise UsageError("bad-option", f"--memory takes a size such as 512m or 4g, not {memory!r}.")
    from imgslim.verify.probe_file import load_probes  # noqa: PLC0415

    probes = load_probes(probe) if probe is not None else Probes()
    if probe_commands:
        runs = tuple(replace(run, commands=(*run.commands, *probe_commands)) for run in probes.runs)
        probes = replace(probes, runs=runs)
    return VerifyOptions(
        build=BuildOptions(
            build_args=tuple(build_args),
            secrets=tuple(secrets),
            ssh=tuple(ssh),
            platform=platform,
            contexts=tuple(_pair("--build-context", word) for word in build_contexts),
            timeout=build_timeout,
        ),
        probes=probes,
        env=tuple(_pair("--env", word) for word in env),
        network=network,
        limits=Limits(memory=memory),
        timeout=timeout,
        max_builds=max_builds,
        cache=not no_cache,
    )


def with_arguments(options: VerifyOptions, settings: Settings) -> VerifyOptions:
    """Build with the configuration's arguments too; those of the command line come last and win."""
    arguments = (*(f"{name}={value}" for name, value in settings.build_args), *options.build.build_args)
    return replace(options, build=replace(options.build, build_args=arguments))


def _pair(option: str, word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not name or not sign:
        raise UsageError("bad-option", f"{option} takes NAME=VALUE, not {word!r}.")
    return name, value
