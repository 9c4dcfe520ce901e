"""The command line: options and exit codes. Heavy imports happen inside the command that needs them."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imgslim.errors import EngineOrSystemError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.verify.options import VerifyOptions

app = typer.Typer(
    name="imgslim",
    help="Split a single-stage Dockerfile into a builder and a small runtime stage, and prove that it still works.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_BAD = 2
#: 128 and the signal's number, as a shell says it: SIGINT, SIGPIPE.
_INTERRUPTED, _READER_LEFT = 130, 141

ContextDir = Annotated[
    Path | None, typer.Option("--context", help="The build context; found by itself where left out.")
]
Target = Annotated[
    str, typer.Option("--target", help="scratch, busybox:glibc, ubuntu … (imgslim targets), an image, or auto.")
]
Format = Annotated[str, typer.Option("--format", help="text or json.")]
BuildArg = Annotated[list[str] | None, typer.Option("--build-arg", help="NAME=VALUE, as docker build takes it.")]
Secret = Annotated[list[str] | None, typer.Option("--secret", help="Passed to docker build, for verification.")]
Ssh = Annotated[list[str] | None, typer.Option("--ssh", help="Passed to docker build, for verification.")]
Platform = Annotated[str, typer.Option("--platform", help="Passed to docker build and run, for verification.")]
Env = Annotated[list[str] | None, typer.Option("--env", "-e", help="NAME=VALUE, set in every run of a verification.")]
Network = Annotated[str, typer.Option("--network", help="The network of a verification's builds and runs.")]
Probe = Annotated[Path | None, typer.Option("--probe", help="A TOML file that says what to ask both images.")]
ProbeCmd = Annotated[
    list[str] | None,
    typer.Option(
        "--probe-cmd", help="A command run here against both (IMGSLIM_ADDRESS, IMGSLIM_PORT); answers must agree."
    ),
]
Timeout = Annotated[float, typer.Option("--timeout", help="Seconds a program may take to end or to settle.")]


def main() -> None:
    """Run the command line; errors of ours are one message and exit code 2, never a traceback."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A Dockerfile may hold bytes that are not UTF-8; they leave as they came.
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
    sys.exit(_guarded())


def _guarded() -> int:
    stdout = sys.stdout
    try:
        code = _run()
        stdout.flush()
    except BrokenPipeError:
        code = _READER_LEFT
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except RecursionError:
        code = _failed("too-deep", "The file, or one that it is built from, nests too deeply to be read.", "")
    except OSError as error:
        # A name too long, a folder that may not be entered, a full disk: wherever it is met first.
        code = _failed("system-refused", f"{error.filename or 'a file'}: {error.strerror}.", "")
    except (InputError, UsageError, EngineOrSystemError) as error:
        code = _failed(error.code, str(error), error.hint)
    if code == _READER_LEFT or sys.stdout is not stdout:  # typer puts a wrapper there when the reader left
        # What is still buffered goes nowhere, or the interpreter would complain about it when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
        return _READER_LEFT
    return code


def _run() -> int:
    """Run the command; typer ends with SystemExit, whatever happened."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _failed(code: str, message: str, hint: str) -> int:
    from imgslim.render.place import located  # noqa: PLC0415

    sys.stderr.write(located("", None, "imgslim", f"error: {message} [{code}]", hint) + "\n")
    return _BAD


def _version(value: bool) -> None:  # noqa: FBT001  (typer calls it so)
    if value:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"imgslim {version('dockerfile-imgslim')}\n")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def rewrite(
    path: Annotated[str, typer.Argument(help="A Dockerfile, a folder that holds one, or - for standard input.")] = ".",
    *,
    context: ContextDir = None,
    target: Target = "auto",
    libc: Annotated[str, typer.Option("--libc", help="musl or glibc: link with that C library.")] = "",
    output: Annotated[
        str, typer.Option("-o", "--output", help="Write the new Dockerfile there; - is standard output.")
    ] = "",
    in_place: Annotated[bool, typer.Option("-i", "--in-place", help="Replace the file.")] = False,
    form: Format = "text",
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Write also what rests on assumptions.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Build and run both with a container engine, and compare.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why, decision by decision.")] = False,
    build_arg: BuildArg = None,
    secret: Secret = None,
    ssh: Ssh = None,
    platform: Platform = "",
    env: Env = None,
    network: Network = "",
    probe: Probe = None,
    probe_cmd: ProbeCmd = None,
    timeout: Timeout = 20.0,
) -> None:
    """Print the diff of the best rewrite of a Dockerfile (or write it, with -o or -i)."""
    from imgslim.commands.rewrite import Request, run  # noqa: PLC0415

    _one_of("--format", form, ("text", "json"))
    _one_of("--libc", libc, ("", "musl", "glibc"))
    if form == "json" and output == "-":
        raise UsageError("contradiction", "-o - and --format json both go to standard output.", "Name a file.")
    if in_place and (output or path == "-"):
        raise UsageError("contradiction", "-i replaces the file itself: it goes with neither -o nor standard input.")
    request = Request(
        path=path, context=context, target=target, libc=libc, output=output, in_place=in_place, json=form == "json",
        unsafe=unsafe, explain=explain, build_args=tuple(build_arg or ()),
    )  # fmt: skip
    options = None
    if verify:
        options = _verify_options(
            build_arg=build_arg, secret=secret, ssh=ssh, platform=platform, env=env, network=network, probe=probe,
            probe_cmd=probe_cmd, timeout=timeout,
        )  # fmt: skip
    raise typer.Exit(run(request, options))


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Dockerfiles or folders; the current one by default.")
    ] = None,
    *,
    form: Format = "text",
    target: Target = "auto",
    statistics: Annotated[bool, typer.Option("--statistics", help="Only count outcomes by reason.")] = False,
) -> None:
    """Say which Dockerfiles could be smaller, for CI: exit code 1 where one could."""
    from imgslim.commands.check import run  # noqa: PLC0415

    _one_of("--format", form, ("text", "json"))
    raise typer.Exit(run(tuple(paths or (Path(),)), target, as_json=form == "json", statistics=statistics))


@app.command()
def verify(
    before: Annotated[str, typer.Argument(help="The original Dockerfile.")],
    after: Annotated[str, typer.Argument(help="The rewritten Dockerfile, or - for standard input.")],
    *,
    context: ContextDir = None,
    form: Format = "text",
    build_arg: BuildArg = None,
    secret: Secret = None,
    ssh: Ssh = None,
    platform: Platform = "",
    env: Env = None,
    network: Network = "",
    probe: Probe = None,
    probe_cmd: ProbeCmd = None,
    timeout: Timeout = 20.0,
) -> None:
    """Build and run two Dockerfiles with a container engine, and compare what they do."""
    from imgslim.commands.verify import run  # noqa: PLC0415

    _one_of("--format", form, ("text", "json"))
    options = _verify_options(
        build_arg=build_arg, secret=secret, ssh=ssh, platform=platform, env=env, network=network, probe=probe,
        probe_cmd=probe_cmd, timeout=timeout,
    )  # fmt: skip
    raise typer.Exit(run(before, after, context, options, as_json=form == "json"))


@app.command()
def explain(
    reason: Annotated[str, typer.Argument(help="A reason's name, as it stands in brackets; none lists them all.")] = "",
) -> None:
    """Explain a reason: what it means, why it matters, what to do."""
    from imgslim.commands.show import explain_reason  # noqa: PLC0415

    raise typer.Exit(explain_reason(reason))


@app.command()
def targets() -> None:
    """List the targets with what each one holds."""
    from imgslim.commands.show import list_targets  # noqa: PLC0415

    list_targets()


@app.command()
def toolchains() -> None:
    """List the toolchains that are understood."""
    from imgslim.commands.show import list_toolchains  # noqa: PLC0415

    list_toolchains()


def _one_of(option: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise UsageError("bad-option", f"{option} takes {' or '.join(a for a in allowed if a)}, not {value!r}.")


def _verify_options(
    *,
    build_arg: list[str] | None,
    secret: list[str] | None,
    ssh: list[str] | None,
    platform: str,
    env: list[str] | None,
    network: str,
    probe: Path | None,
    probe_cmd: list[str] | None,
    timeout: float,
) -> VerifyOptions:
    from imgslim.commands.options import verify_options  # noqa: PLC0415

    return verify_options(
        build_args=build_arg or (),
        secrets=secret or (),
        ssh=ssh or (),
        platform=platform,
        env=env or (),
        network=network,
        probe=probe,
        probe_commands=probe_cmd or (),
        timeout=timeout,
    )
