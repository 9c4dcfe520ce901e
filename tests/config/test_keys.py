"""What a configuration file may say, and how mistakes are told."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgslim.config.keys import KEYS, read, schema
from imgslim.config.settings import Settings
from imgslim.errors import UsageError

OWN, SHARED = Path("/p/.imgslim.toml"), Path("/p/pyproject.toml")

FULL = """
target = "busybox:glibc"
libc = "glibc"
prefer = "debuggable"
ignore = ["unknown-base", "can-be-split"]
include = ["**/Dockerfile", "images/*.build"]
exclude = ["third_party", "!third_party/ours"]
build-args = { GO_VERSION = "1.24", EMPTY = "" }
context = { "services/*/Dockerfile" = ".", "**" = "build" }
"""


def test_every_key() -> None:
    """Each sets its own field, in either file."""
    settings = read(FULL.encode(), OWN)
    assert settings == Settings(
        file=OWN, target="busybox:glibc", libc="glibc", prefer="debuggable", ignore=("unknown-base", "can-be-split"),
        include=("**/Dockerfile", "images/*.build"), exclude=("third_party", "!third_party/ours"),
        build_args=(("GO_VERSION", "1.24"), ("EMPTY", "")),
        contexts=(("services/*/Dockerfile", "."), ("**", "build")),
    )  # fmt: skip
    shared = read(f"[project]\nname = 'x'\n\n[tool.imgslim]{FULL}".replace("\n", "\r\n").encode(), SHARED)
    assert shared is not None
    assert settings is not None
    assert {f: getattr(shared, f) for f in Settings.__slots__ if f != "file"} == {
        f: getattr(settings, f) for f in Settings.__slots__ if f != "file"
    }


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ('libc = "musl"\ntarjet = "x"\n', 2, "there is no key 'tarjet'", "Did you mean target?"),
        ("zzz = 1\n", 1, "there is no key 'zzz'", "There are target, libc,"),
        ("build_args = {}\n", 1, "there is no key 'build_args'", "Did you mean build-args?"),
        ("\ntarget = 3\n", 2, "target takes a string", 'target = "busybox:glibc"'),
        ('target = ""\n', 1, "target takes a string", ""),
        ("[target]\n", 1, "target takes a string", ""),
        ('libc = "bionic"\n', 1, "libc takes musl or glibc, not 'bionic'", ""),
        ('prefer = "tiny"\n', 1, "prefer takes smallest or debuggable, not 'tiny'", ""),
        ('ignore = "unknown-base"\n', 1, "ignore takes a list of strings", 'ignore = ["unknown-base"]'),
        ("ignore = [1]\n", 1, "ignore takes a list of strings", ""),
        ('ignore = ["unknown-bas"]\n', 1, "no finding called 'unknown-bas'", "Did you mean unknown-base?"),
        ('ignore = ["too-large"]\n', 1, "no finding called 'too-large'", "imgslim explain"),
        ('exclude = ["a", "[b"]\n', 1, "exclude: Invalid ignore pattern '[b'", ".dockerignore"),
        ("[build-args]\nA = 1\n", 1, "build-args takes a table of strings", "GO_VERSION"),
        ('["context"]\n"[x" = "."\n', 1, "context: Invalid ignore pattern", ""),
        ("a = ", None, "is no TOML", ""),
        ("a = " + "[" * 5000, None, "is no TOML", ""),
    ],
)
@pytest.mark.parametrize("file", [OWN, SHARED])
def test_mistakes_have_a_place_and_a_hint(text: str, line: int | None, message: str, hint: str, file: Path) -> None:
    """One stable reason, the file, the line of the key, and the nearest thing that would do."""
    if file is SHARED:
        if text.startswith(("[", "\n[")):
            text = text.replace("[", "[tool.imgslim.", 1)
            text = f"[tool.imgslim]\n\n{text}"
        else:
            text = f"[x]\ntarjet = 1\n[tool.imgslim]\n{text}"
        line = None if line is None else line + (2 if text.startswith("[tool.imgslim]\n\n") else 3)
    with pytest.raises(UsageError) as caught:
        read(text.encode(), file)
    assert caught.value.code == "bad-config"
    assert str(caught.value).startswith(str(file) + (f":{line}: " if line else " "))
    assert message in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["[tool]\nimgslim = 3\n", "tool.imgslim = [1]\n"])
def test_the_table_must_be_one(text: str) -> None:
    """``tool.imgslim`` of another kind is a mistake, not an absence."""
    with pytest.raises(UsageError, match="takes a table"):
        read(text.encode(), SHARED)


def test_bytes_that_are_no_text() -> None:
    """TOML is UTF-8."""
    with pytest.raises(UsageError, match="not UTF-8"):
        read(b"target = '\xff'\n", OWN)


def test_the_schema_says_the_same() -> None:
    """What is read is valid by the schema, and what the schema refuses is not read."""
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    assert validator.is_valid(tomllib.loads(FULL))
    for key in KEYS:
        assert validator.is_valid(tomllib.loads(key.example)), key.example
        assert read(key.example.encode(), OWN) != Settings(file=OWN)
        wrong = {key.name: 3}
        assert not validator.is_valid(wrong)
        with pytest.raises(UsageError):
            read(f"{key.name} = 3\n".encode(), OWN)
    assert not validator.is_valid({"tarjet": "x"})


def test_every_field_has_a_key() -> None:
    """Nothing can be set that no key sets."""
    assert {key.field for key in KEYS} | {"file"} == set(Settings.__slots__)


def test_patterns_are_those_of_an_ignore_file() -> None:
    """They are read from the file's folder; what is outside of it matches nothing."""
    settings = read(FULL.encode(), OWN)
    assert settings is not None
    for path, excluded in {
        "third_party/a/Dockerfile": True,
        "third_party/ours/Dockerfile": False,
        "a/third_party/Dockerfile": False,
        "../third_party/Dockerfile": False,
    }.items():
        assert settings.excludes(OWN.parent / path) is excluded, path
    assert settings.includes(OWN.parent / "images/web.build") is True
    assert settings.includes(OWN.parent / "web.Dockerfile") is False
    assert Settings().includes(OWN.parent / "Dockerfile") is None
    assert not Settings().excludes(OWN.parent / "Dockerfile")


def test_the_first_pattern_gives_the_context() -> None:
    """In the order of the file; the folder is relative to the file's own."""
    settings = read(FULL.encode(), OWN)
    assert settings is not None
    assert settings.context_of(OWN.parent / "services/a/Dockerfile") == OWN.parent
    assert settings.context_of(OWN.parent / "other/Dockerfile") == OWN.parent / "build"
    assert settings.context_of(None) is None
    assert Settings().context_of(OWN.parent / "Dockerfile") is None


def test_the_pages_examples_are_read() -> None:
    """What the page shows as a file is one, and sets something."""
    page = (Path(__file__).parents[2] / "docs/how-to/configure.md").read_text()
    shown = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert shown
    assert read(shown[0].encode(), OWN) != Settings(file=OWN)
    assert all(read(text.encode(), OWN) is not None for text in shown)


VALUES = st.recursive(
    st.one_of(
        st.booleans(), st.integers(), st.sampled_from(('"x"', '""', '"["', '"musl"', '"can-be-split"', "1979-05-27"))
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda words: f"[{', '.join(map(_toml, words))}]"),
        st.lists(inner, max_size=2).map(
            lambda ws: "{" + ", ".join(f"k{i} = {_toml(w)}" for i, w in enumerate(ws)) + "}"
        ),
    ),
    max_leaves=4,
)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(data: bytes, file: Path) -> str:
    """The code of the refusal; "" where it is read."""
    try:
        read(data, file)
    except UsageError as error:
        return error.code
    return ""


@given(st.sampled_from([*(key.name for key in KEYS), "x"]), VALUES, st.sampled_from([OWN, SHARED]))
def test_any_value_is_read_or_refused(name: str, value: object, file: Path) -> None:
    """What passes is valid by the schema; what does not is one error of ours."""
    text = f"{name} = {_toml(value)}\n"
    valid = jsonschema.Draft202012Validator(schema()).is_valid(tomllib.loads(text))
    code = _read((text if file is OWN else f"[tool.imgslim]\n{text}").encode(), file)
    assert code in ("", "bad-config")
    # Names of reasons and the grammar of patterns are more than the schema says.
    assert valid or code
    assert not valid or not code or name in ("ignore", "include", "exclude", "context")


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Whatever lies in such a file."""
    assert {_read(data, OWN), _read(data, SHARED)} <= {"", "bad-config"}
