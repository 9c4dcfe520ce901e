"""The engine's side of a trial: build a context, run the image by its own entry, take everything away again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.trials.asking import Seen, holds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.trials.cases import Case, Probe

#: Programs are asked from here and reach nothing else: what they answer does not hang on the outside world.
NETWORK = "imgslim-trials"
#: Bytes of output that are read.
_OUTPUT = 1 << 22


class BuildFailed(Exception):  # noqa: N818 - an outcome of a trial, not a fault
    """The image did not build; the message is what the failing step printed last."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended: the probes that never held, and what the program printed."""

    failed: tuple[Probe, ...]
    output: str


def docker(*arguments: str, timeout: float | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the docker command to its end; standard input is empty."""
    return subprocess.run(
        ["docker", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=timeout
    )


def inspect(name: str, what: str = "image") -> Mapping[str, Any] | None:
    """Read what the engine knows of an image or a container; None where it has none of that name."""
    done = docker(what, "inspect", name)
    if done.returncode:
        return None
    found: Mapping[str, Any] = json.loads(done.stdout)[0]
    return found


def derived(image: str) -> str:
    """Return the name of a stand-in given as ``NAME K=V … PROGRAM …``, made where missing.

    Variables are set: golang's alpine images hold no C compiler, so Go builds there as CGO_ENABLED=0 does
    (pkg.go.dev/cmd/cgo). A program named is one that does nothing: ``apk``, which no stand-in has, where it would only
    install what is there already or what the program asked does not use.
    """
    name, *words = image.split()
    if not words:
        return name
    tag = "imgslim-trial/standin:" + hashlib.sha256(image.encode()).hexdigest()[:16]
    if inspect(tag) is None:
        variables = [f"ENV {word}" for word in words if "=" in word]
        programs = [
            f"RUN echo '#!/bin/sh' > /sbin/{word} && chmod 755 /sbin/{word}" for word in words if "=" not in word
        ]
        text = "\n".join([f"FROM {name}", *variables, *programs, ""])
        subprocess.run(
            ["docker", "build", "--quiet", "-t", tag, "-"], input=text.encode(), capture_output=True, check=True
        )
    return tag


def build(dockerfile: Path, context: Path, tag: str, standin: Mapping[str, str], seconds: float) -> Mapping[str, Any]:
    """Build and load an image; what inspect says of it.

    Raises:
        BuildFailed: a step failed, or the time is up.
    """
    named = [
        part
        for name, image in standin.items()
        for part in ("--build-context", f"{name}=docker-image://{derived(image)}")
    ]
    arguments = (
        "buildx",
        "build",
        "--load",
        "--progress=plain",
        "--provenance=false",
        "-t",
        tag,
        "-f",
        str(dockerfile),
    )
    try:
        done = docker(*arguments, *named, str(context), timeout=seconds)
    except subprocess.TimeoutExpired:
        raise BuildFailed(f"not built within {seconds:.0f} s") from None
    image = inspect(tag) if done.returncode == 0 else None
    if image is None:
        raise BuildFailed(last_words(done.stderr.decode(errors="replace")))
    return image


def last_words(log: str) -> str:
    """Return what the failing step printed: BuildKit repeats it between two lines of dashes."""
    parts = log.split("\n------\n")
    return (parts[1] if len(parts) > 2 else log).strip()[-600:]


def run(case: Case, image: str) -> Run:
    """Start the image by its own ENTRYPOINT and CMD, and ask until every probe held or the time is up."""
    name = f"imgslim-trial-{uuid.uuid4().hex[:12]}"
    options = [part for pair in case.env.items() for part in ("-e", "=".join(pair))]
    if case.stdin is not None:
        options.append("-i")
    command = [
        "docker",
        "run",
        "--name",
        name,
        "--network",
        NETWORK,
        "--log-driver",
        "none",
        *options,
        image,
        *case.args,
    ]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
        given.write((case.stdin or "").encode())
        given.seek(0)
        source = given if case.stdin is not None else subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=source, stdout=output, stderr=subprocess.STDOUT)
        try:
            return _watch(case, name, process, output.fileno())
        finally:
            docker("rm", "--force", "--volumes", name)
            process.kill()
            process.wait()


def _watch(case: Case, name: str, process: subprocess.Popen[bytes], output: int) -> Run:
    """Ask until the answer is final. Each probe must hold once; a program that ends is asked for its output last."""
    end, address = time.monotonic() + case.timeout_s, ""
    left: Sequence[Probe] = case.probes
    while True:
        code = process.poll()
        if not address and code is None:
            address = _address(name)
        seen = Seen(os.pread(output, _OUTPUT, 0).decode(errors="replace"), code, address)
        if code is not None or not case.ends:
            left = [probe for probe in left if not holds(probe, seen)]
        if not left or code is not None or time.monotonic() > end:
            return Run(tuple(left), seen.output)
        time.sleep(0.2)


def _address(container: str) -> str:
    networks = ((inspect(container, "container") or {}).get("NetworkSettings") or {}).get("Networks") or {}
    return next((network["IPAddress"] for network in networks.values()), "")


def make_network() -> None:
    """Make the network without a way out, unless it is there."""
    if docker("network", "inspect", NETWORK).returncode:
        docker("network", "create", "--internal", NETWORK)


def remove(*images: str) -> None:
    """Take images away; those that are not there are no matter."""
    docker("rmi", "--force", *images)


def base_configuration(case: Case, names: Sequence[str]) -> Mapping[str, Any]:
    """Read the configuration of the image that FROM names, or of its stand-in."""
    for name in names:
        image = inspect(derived(case.standin.get(name, name)))
        if image is not None:
            config: Mapping[str, Any] = image["Config"]
            return config
    return {}
