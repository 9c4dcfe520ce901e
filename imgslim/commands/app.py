"""The commands and their options, as typer shows and reads them. What they do is imported when it is asked for."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgslim.commands import completion as complete

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="imgslim",
    help="Split a single-stage Dockerfile into a builder and a small runtime stage, and prove that it still works.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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
Format = Annotated[str, typer.Option("--format", help="text or json.")]


def _verification(
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
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds a program may take to end or to settle.")] = 20.0,
) -> dict[str, Any]:
    """The options of a verification, once for every command that has them, as ``commands.options`` takes them."""
    return {
        "build_args": build_arg or (), "secrets": secret or (), "ssh": ssh or (),
        "build_contexts": build_context or (), "platform": platform,
        "env": env or (), "network": network, "probe": probe, "probe_commands": probe_cmd or (), "timeout": timeout,
    }  # fmt: skip


def _verifies(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a verification in place of its ``**options``."""
    own = inspect.signature(command, eval_str=True)
    shared = inspect.signature(_verification, eval_str=True)
    kept = [p for p in own.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    command.__signature__ = own.replace(parameters=[*kept, *shared.parameters.values()])  # type: ignore[attr-defined]
    command.__annotations__ |= _verification.__annotations__
    return command


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
@_verifies
def rewrite(
    path: Annotated[str, typer.Argument(help="A Dockerfile, a folder that holds one, or - for standard input.")] = ".",
    *,
    context: ContextDir = None,
    target: Target = "",
    libc: Annotated[str, typer.Option("--libc", help="musl or glibc: link with that C library.")] = "",
    prefer: Prefer = "",
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
    **options: Any,  # noqa: ANN401
) -> None:
    """Print the diff of the best rewrite of a Dockerfile (or write it, with -o or -i)."""
    from imgslim.commands.options import verify_options  # noqa: PLC0415
    from imgslim.commands.rewrite import Request, run  # noqa: PLC0415

    verification = _verification(**options)
    request = Request(
        path=path, context=context, target=target, libc=libc, prefer=prefer, output=output, in_place=in_place,
        form=form, unsafe=unsafe, explain=explain, build_args=tuple(verification["build_args"]),
    )  # fmt: skip
    request.check()
    raise typer.Exit(run(request, verify_options(**verification) if verify else None))


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Dockerfiles or folders; the current one by default.")
    ] = None,
    *,
    form: Annotated[str, typer.Option("--format", help="text, json, github (annotations) or sarif.")] = "text",
    target: Target = "",
    prefer: Prefer = "",
    statistics: Annotated[bool, typer.Option("--statistics", help="Only count outcomes by reason.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Apply what is safe, in place, and report what is left.")] = False,
    fix_only: Annotated[
        bool, typer.Option("--fix-only", help="Apply what is safe, in place; report and fail on nothing that is left.")
    ] = False,
) -> None:
    """Say which Dockerfiles could be smaller, for CI: exit code 1 where one could."""
    from imgslim.commands.check import Request, run  # noqa: PLC0415

    request = Request(tuple(paths or (Path(),)), target, prefer, form, statistics, fix, fix_only)
    request.check()
    raise typer.Exit(run(request))


@app.command()
@_verifies
def verify(
    before: Annotated[str, typer.Argument(help="The original Dockerfile.")],
    after: Annotated[str, typer.Argument(help="The rewritten Dockerfile, or - for standard input.")],
    *,
    context: ContextDir = None,
    form: Format = "text",
    **options: Any,  # noqa: ANN401
) -> None:
    """Build and run two Dockerfiles with a container engine, and compare what they do."""
    from imgslim.commands.inputs import one_of  # noqa: PLC0415
    from imgslim.commands.options import verify_options  # noqa: PLC0415
    from imgslim.commands.verify import run  # noqa: PLC0415

    one_of("--format", form, ("text", "json"))
    verification = verify_options(**_verification(**options))
    raise typer.Exit(run(before, after, context, verification, as_json=form == "json"))


@app.command()
@_verifies
def migrate(
    root: Annotated[Path, typer.Argument(help="The folder whose Dockerfiles are migrated; the current one.")] = Path(),
    *,
    include: Annotated[
        list[str] | None, typer.Option("--include", help="Only these Dockerfiles: patterns as in .dockerignore.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option("--exclude", help="None of these.")] = None,
    since: Annotated[
        str, typer.Option("--since", help="Only those that changed since a revision of git's, or whose context did.")
    ] = "",
    target: Target = "",
    libc: Annotated[str, typer.Option("--libc", help="musl or glibc: link with that C library.")] = "",
    prefer: Prefer = "",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", help="Processes that plan; 0: as many as there are processors.")
    ] = 0,
    form: Annotated[str, typer.Option("--format", help="The summary: text, json, markdown or html.")] = "text",
    report: Annotated[
        list[Path] | None, typer.Option("--report", help="Write the summary there, too: .txt, .json, .md or .html.")
    ] = None,
    patch_dir: Annotated[
        Path | None, typer.Option("--patch-dir", help="Write one patch for each rewritten file there.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Replace the files.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Write also what rests on assumptions.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write also over changes that no commit holds.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Build and run both with a container engine, one file after the other.")
    ] = False,
    journal: Annotated[
        Path | None, typer.Option("--journal", help="Keep plans there until the run is finished, not in the cache.")
    ] = None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Plan every Dockerfile of a tree; print a summary, and with --patch-dir or --write more than that."""
    from imgslim.commands.inputs import pairs  # noqa: PLC0415
    from imgslim.commands.migrate import Request, run  # noqa: PLC0415
    from imgslim.commands.options import verify_options  # noqa: PLC0415
    from imgslim.migrate.planning import Choice  # noqa: PLC0415
    from imgslim.migrate.survey import Selection  # noqa: PLC0415

    verification = _verification(**options)
    request = Request(
        root, Selection(tuple(include or ()), tuple(exclude or ()), since),
        Choice(target, libc, prefer, tuple(pairs(tuple(verification["build_args"])).items())),
        jobs=jobs, form=form, reports=tuple(report or ()), patches=patch_dir, write=write, unsafe=unsafe, force=force,
        journal=journal,
    )  # fmt: skip
    request.check()
    raise typer.Exit(run(request, verify_options(**verification) if verify else None))


@app.command()
def explain(
    reason: Annotated[
        str,
        typer.Argument(
            help="A reason's name, as it stands in brackets; none lists them all.", autocompletion=complete.reasons
        ),
    ] = "",
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


@app.command()
def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish.", autocompletion=complete.shells)],
) -> None:
    """Print the script that lets a shell complete the words of imgslim's command lines."""
    complete.print_script(shell)


@app.command()
def lsp(
    *,
    stdio: Annotated[  # noqa: ARG001  (the only way there is; many editors say so all the same)
        bool, typer.Option("--stdio", help="Speak over standard input and output, as it does in any case.")
    ] = False,
) -> None:
    """Serve an editor over the Language Server Protocol: diagnostics, code actions, hovers."""
    from imgslim.commands.lsp import run  # noqa: PLC0415

    raise typer.Exit(run())
