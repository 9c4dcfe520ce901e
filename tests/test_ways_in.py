"""Where others call the command: pre-commit's hooks and the action for GitHub's workflows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.running import HELLO, UNSURE_C, imgslim, project

ROOT = Path(__file__).parents[1]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}


def _hook(name: str, *files: Path) -> int:
    command, *words = shlex.split(HOOKS[name]["entry"])
    assert command == "imgslim"
    return imgslim(*words, *files).code


def test_the_hooks_take_several_files(tmp_path: Path) -> None:
    """One fails where a file could be smaller, the other writes what is safe and leaves the rest in peace."""
    files = [project(tmp_path / "a"), project(tmp_path / "b", source=UNSURE_C), project(tmp_path / "c", "FROM x\n")]
    assert _hook("imgslim-check", *files) == 1
    assert _hook("imgslim-check", files[2]) == 0
    assert _hook("imgslim-rewrite", *files) == 0
    assert ["FROM scratch" in file.read_text() for file in files] == [True, False, False]
    bad = project(tmp_path / "d", "COPPY\n")
    assert {_hook(name, bad) for name in HOOKS} == {2}


@pytest.mark.parametrize("hook", HOOKS.values(), ids=str)
def test_the_hooks_take_only_dockerfiles(hook: dict[str, Any]) -> None:
    """pre-commit calls all that begins with ``Dockerfile.`` one: ignore files and pages are left out by name."""
    assert hook["types"] == ["dockerfile"]
    out = ["Dockerfile.dockerignore", "a/Dockerfile.md", "Dockerfile~", "Dockerfile.orig"]
    assert all(re.search(hook["exclude"], name) for name in out)
    assert not any(re.search(hook["exclude"], name) for name in ("Dockerfile", "a/web.Dockerfile", "Dockerfile.md5"))


def _step(
    name: str, folder: Path, temporary: Path, action: Path = ROOT, **inputs: str
) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as a runner does: inputs in the environment, the script in its bash."""
    step = STEPS[name]
    given = {key: value.get("default", "") for key, value in ACTION["inputs"].items()} | inputs
    environment = dict(os.environ) | {
        "RUNNER_TEMP": str(temporary), "GITHUB_ACTION_PATH": str(action), "GITHUB_OUTPUT": str(temporary / "outputs"),
        "GITHUB_WORKSPACE": str(folder),
    }  # fmt: skip
    for variable, value in step["env"].items():
        found = re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", value)
        assert found is not None
        environment[variable] = given[found[1]]
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A runner's temporary folder where the action has installed this package."""
    script = tmp_path / "runner/imgslim/bin/imgslim"
    script.parent.mkdir(parents=True)
    script.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n")
    with script.open("a") as file:
        file.write("from imgslim.cli import main\nmain()\n")
    script.chmod(0o755)
    return tmp_path / "runner"


def test_the_action_annotates(tmp_path: Path, runner: Path) -> None:
    """Every line of its input is a path, whatever it holds; findings fail the step."""
    project(tmp_path / "w/a b")
    project(tmp_path / "w/$(touch x)")
    done = _step("Check Dockerfiles", tmp_path / "w", runner, paths="a b\n$(touch x)\n")
    assert (done.returncode, done.stderr) == (1, "")
    assert [line.split(",")[0] for line in done.stdout.splitlines()] == [
        "::warning file=a b/Dockerfile",
        "::warning file=$(touch x)/Dockerfile",
    ]
    assert not (tmp_path / "w/x").exists()
    project(tmp_path / "w/c", "FROM x\n")
    assert _step("Check Dockerfiles", tmp_path / "w", runner, paths="c").returncode == 0


def test_the_action_writes_sarif(tmp_path: Path, runner: Path) -> None:
    """The file's name is an output for the step that uploads it; more options are passed on."""
    project(tmp_path / "w")
    done = _step("Check Dockerfiles", tmp_path / "w", runner, format="sarif", arguments="--target\nubuntu\n")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert '"could run on ubuntu' in (tmp_path / "w/imgslim.sarif").read_text()
    assert (runner / "outputs").read_text() == "sarif=imgslim.sarif\n"


def test_the_actions_inputs_are_in_no_script() -> None:
    """An expression in a script's text would run what a pull request puts there."""
    assert not any("${{" in step["run"] for step in STEPS.values())
    used = {value for step in STEPS.values() for value in step["env"].values()}
    assert used == {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]}


@pytest.mark.engine
def test_the_action_installs(tmp_path: Path) -> None:
    """In an environment of its own, from the action's own checkout."""
    checkout = _clone(tmp_path / "action")
    step = _step("Install imgslim", checkout, tmp_path, checkout, python=sys.executable)
    assert step.returncode == 0, step.stderr
    done = subprocess.run([tmp_path / "imgslim/bin/imgslim", "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"imgslim ")


@pytest.mark.engine
def test_pre_commit_runs_the_hooks_of_a_clean_clone(tmp_path: Path) -> None:
    """``pre-commit try-repo``: it installs the package and finds the commands; one fails, one rewrites and settles."""
    clone = _clone(tmp_path / "clone")
    file = project(tmp_path / "user/app")
    (file.parent / "Dockerfile.dockerignore").write_text("*.log\n")
    _git(tmp_path / "user", "init", "-q")
    _git(tmp_path / "user", "add", "-A")
    check, rewrite, again = (
        subprocess.run(
            [sys.executable, "-m", "pre_commit", "try-repo", clone, hook, "--all-files"],
            cwd=tmp_path / "user", env=dict(os.environ) | {"PRE_COMMIT_HOME": str(tmp_path / "home")},
            capture_output=True, text=True, check=False,
        )
        for hook in ("imgslim-check", "imgslim-rewrite", "imgslim-rewrite")
    )  # fmt: skip
    assert (check.returncode, "app/Dockerfile:1:1: could run on scratch" in check.stdout) == (1, True), check.stderr
    assert (rewrite.returncode, "files were modified by this hook" in rewrite.stdout) == (1, True), rewrite.stderr
    assert file.read_text() != HELLO
    assert (again.returncode, "Passed" in again.stdout) == (0, True), again.stderr


def _clone(folder: Path) -> Path:
    _git(folder.parent, "clone", "-q", ROOT, folder)
    return folder


def _git(folder: Path, *words: str | Path) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)
