"""go.mod, go.work and default names."""

from __future__ import annotations

import pytest

from imgslim.toolchains.golang.modfile import executable_name, is_local, read_modfile

_MOD = """module "example.com/app/v2" // the module

go 1.21.3
toolchain go1.22.0

require example.com/one v1.0.0
require (
\texample.com/two v1.2.3 // indirect
\t// example.com/three v1.0.0
)
replace example.com/one => ../one
replace (
\texample.com/two v1.2.3 => example.com/fork v1.0.0
)
exclude example.com/two v1.0.0
"""


def test_a_whole_file() -> None:
    """Directives and blocks, comments aside."""
    file = read_modfile(_MOD)
    assert (file.module, file.go) == ("example.com/app/v2", "1.21.3")
    assert file.requires == (("example.com/one", "v1.0.0"), ("example.com/two", "v1.2.3"))
    assert file.replaces == (("example.com/one", "../one"), ("example.com/two", "example.com/fork"))
    assert is_local("../one")
    assert not is_local("example.com/fork")


def test_a_workspace_file() -> None:
    """The folders that go.work uses."""
    assert read_modfile("go 1.21\nuse ./a\nuse (\n\t./b\n)\n").uses == ("./a", "./b")


@pytest.mark.parametrize(
    ("path", "modules", "name"),
    [
        ("example.com/app", True, "app"),
        ("example.com/app/v2", True, "app"),
        ("example.com/app/v1", True, "v1"),
        ("example.com/app/v0", True, "v0"),
        ("example.com/app/v12", True, "app"),
        ("example.com/app/v2x", True, "v2x"),
        ("v2", True, "v2"),
        ("example.com/app/v2", False, "v2"),
    ],
)
def test_default_names(path: str, modules: bool, name: str) -> None:  # noqa: FBT001
    """A major version is left out, in module mode alone, as the go command does."""
    assert executable_name(path, modules=modules) == name
