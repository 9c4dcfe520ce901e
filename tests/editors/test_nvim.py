"""Neovim, headless: a code action over an unsaved buffer leaves in it what ``imgslim rewrite`` writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import imgslim, project

#: Slow: each starts an editor.
pytestmark = pytest.mark.engine

PLUGIN = Path(__file__).parents[2] / "editors" / "nvim"
SCRIPT = Path(__file__).with_name("nvim.lua")
TEXT = "# Größe 😀\nFROM gcc:12\nCOPY hello.c .\nRUN echo '😀' && gcc -o hello hello.c\nEXPOSE 80\nCMD [\"./hello\"]\n"


@pytest.fixture
def nvim() -> str:
    """The editor; ``.ci/setup`` installs it, and without it the test fails: it is not skipped."""
    found = shutil.which("nvim")
    if found is None:
        pytest.fail("there is no nvim on PATH; .ci/setup installs it on Debian", pytrace=False)
    return found


def run(nvim: str, arguments: list[str], environment: dict[str, str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run the editor with our plugin and nobody's configuration."""
    program = home / "bin" / "imgslim"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from imgslim.cli import script; script()" "$@"\n')
    program.chmod(0o755)
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    python = f"{Path(__file__).parents[2]}"
    return subprocess.run(
        [nvim, "--headless", "--clean", "--cmd", f"set runtimepath^={PLUGIN}", *arguments],
        env={**os.environ, **folders, "HOME": str(home), "PATH": path, "PYTHONPATH": python, **environment},
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("target", ["scratch", "busybox:glibc"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["Dockerfile", "web.Dockerfile"])
def test_an_unsaved_buffer(tmp_path: Path, nvim: str, target: str, end: str, name: str) -> None:
    """The file on disk holds something else; its line ends are those that the buffer keeps."""
    file = project(tmp_path / "project", f'FROM gcc:12{end}CMD ["a"]{end}', name)
    text = project(tmp_path / "twin", TEXT.replace("\n", end), name)
    result = tmp_path / "result"
    done = run(
        nvim,
        ["-S", str(SCRIPT)],
        {
            "IMGSLIM_FILE": str(file), "IMGSLIM_TEXT": str(text), "IMGSLIM_TARGET": target,
            "IMGSLIM_RESULT": str(result),
        },
        tmp_path / "home",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    expected = imgslim("rewrite", text, "--target", target, "-o", "-")
    assert expected.code == 0
    assert result.read_bytes() == expected.out
    assert (tmp_path / "result.undone").read_bytes() == text.read_bytes()
    assert file.read_bytes().startswith(b"FROM gcc:12" + end.encode() + b"CMD")


@pytest.mark.parametrize("name", ["Dockerfile", "notes.txt"])
def test_no_server(tmp_path: Path, nvim: str, name: str) -> None:
    """The plugin says what to install, once, and the file opens; who edits something else is not bothered."""
    file = project(tmp_path / "project", name=name)
    script = "lua vim.notify_once = function(m) io.stderr:write('SAID ' .. m) end"
    done = run(
        nvim,
        ["--cmd", script, "--cmd", "lua vim.env.PATH = '/nowhere'", str(file), "+autocmd VimEnter * qall!"],
        {"VIRTUAL_ENV": str(tmp_path / "none")},
        tmp_path / "home",
    )
    assert done.returncode == 0
    assert done.stderr.count("SAID") == (name == "Dockerfile")
    assert ("pip install 'dockerfile-imgslim[lsp]'" in done.stderr) == (name == "Dockerfile")
