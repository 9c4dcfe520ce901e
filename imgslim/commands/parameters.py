"""The options that several commands have, as typer shows and reads them."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgslim.commands import completion as complete

if TYPE_CHECKING:
    from collections.abc import Callable

ContextDir = Annotated[
    Path | None, typer.Option("--context", help="The build context; found by itself where left out.")
]
Target = Annotated[
    str,
    typer.Option(
        "--target",
        help="scratch, busybox:glibc, ubuntu … (imgslim targets), an image, or auto (default).",
        autocompletion=complete.targets,
    ),
]
Prefer = Annotated[
    str,
    typer.Option("--prefer", help="What auto takes of the safe ones: smallest (default), or debuggable: with a shell."),
]
LastStage = Annotated[
    bool,
    typer.Option("--last-stage", help="Of a file with several stages, plan the last one; else it is left alone."),
]
Format = Annotated[str, typer.Option("--format", help="text or json.")]


def verification(
    *,
    build_arg: Annotated[
        list[str] | None, typer.Option("--build-arg", help="NAME=VALUE, as docker build takes it.")
    ] = None,
    secret: Annotated[
        list[str] | None, typer.Option("--secret", help="Passed to docker build, for verification.")
    ] = None,
    ssh: Annotated[list[str] | None, typer.Option("--ssh", help="Passed to docker build, for verification.")] = None,
    build_context: Annotated[
        list[str] | None,
        typer.Option("--build-context", help="NAME=VALUE, passed to docker buildx build, for verification."),
    ] = None,
    platform: Annotated[str, typer.Option("--platform", help="Passed to docker build and run, for verification.")] = "",
    env: Annotated[
        list[str] | None, typer.Option("--env", "-e", help="NAME=VALUE, set in every run of a verification.")
    ] = None,
    network: Annotated[str, typer.Option("--network", help="The network of a verification's builds and runs.")] = "",
    probe: Annotated[
        Path | None, typer.Option("--probe", help="A TOML file that says what to ask both images.")
    ] = None,
    probe_cmd: Annotated[
        list[str] | None,
        typer.Option(
            "--probe-cmd",
            help="A command run here against both (IMGSLIM_ADDRESS, IMGSLIM_PORT); answers must agree.",
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", help="Seconds a program may take to end or to settle; builds have their own.")
    ] = 20.0,
    build_timeout: Annotated[float, typer.Option("--build-timeout", help="Seconds one build may take.")] = 1800.0,
    memory: Annotated[str, typer.Option("--memory", help="What a container may use, as docker run takes it.")] = "2g",
    max_builds: Annotated[
        int, typer.Option("--max-builds", help="Rewritten images that may be built until one holds.")
    ] = 12,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Build and run anew what was verified before with the same result.")
    ] = False,
) -> dict[str, Any]:
    """The options of a verification, once for every command that has them, as ``commands.options`` takes them."""
    return {
        "build_args": build_arg or (), "secrets": secret or (), "ssh": ssh or (),
        "build_contexts": build_context or (), "platform": platform,
        "env": env or (), "network": network, "probe": probe, "probe_commands": probe_cmd or (), "timeout": timeout,
        "build_timeout": build_timeout, "memory": memory, "max_builds": max_builds, "no_cache": no_cache,
    }  # fmt: skip


def verifies(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a verification in place of its ``**options``."""
    own = inspect.signature(command, eval_str=True)
    shared = inspect.signature(verification, eval_str=True)
    kept = [p for p in own.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    command.__signature__ = own.replace(parameters=[*kept, *shared.parameters.values()])  # type: ignore[attr-defined]
    command.__annotations__ |= verification.__annotations__
    return command
