"""Image references, taken apart as the distribution project's grammar does."""

from __future__ import annotations

import pytest

from imgslim.images import parse_reference

_DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest", "name"),
    [
        ("golang", "docker.io", "library/golang", None, None, "golang"),
        ("docker.io/library/golang", "docker.io", "library/golang", None, None, "golang"),
        ("docker.io/golang:1.22", "docker.io", "library/golang", "1.22", None, "golang"),
        ("index.docker.io/library/golang", "docker.io", "library/golang", None, None, "golang"),
        ("bitnami/node:20", "docker.io", "bitnami/node", "20", None, "bitnami/node"),
        ("localhost/x", "localhost", "x", None, None, "localhost/x"),
        ("localhost:5000/team/python:3.9", "localhost:5000", "team/python", "3.9", None, "localhost:5000/team/python"),
        (f"x:1@{_DIGEST}", "docker.io", "library/x", "1", _DIGEST, "x"),
        (f"gcr.io/a/b-c@{_DIGEST}", "gcr.io", "a/b-c", None, _DIGEST, "gcr.io/a/b-c"),
        ("[2001:db8::1]:5000/x:v1", "[2001:db8::1]:5000", "x", "v1", None, "[2001:db8::1]:5000/x"),
        ("a/b/c:UPPER_tag.1", "docker.io", "a/b/c", "UPPER_tag.1", None, "a/b/c"),
        ("Registry/x", "Registry", "x", None, None, "Registry/x"),
        ("a__b/c---d", "docker.io", "a__b/c---d", None, None, "a__b/c---d"),
    ],
)
def test_parts(text: str, registry: str, repository: str, tag: str | None, digest: str | None, name: str) -> None:  # noqa: PLR0917
    """Each part is where the grammar puts it, and the text is kept."""
    ref = parse_reference(text)
    assert (ref.registry, ref.repository, ref.tag, ref.digest, ref.name) == (registry, repository, tag, digest, name)
    assert str(ref) == text


def test_equal_references_share_one_spelling() -> None:
    """Spellings that mean the same image have one canonical form."""
    spellings = ("golang", "golang:latest", "docker.io/golang", "docker.io/library/golang:latest")
    assert {parse_reference(text).canonical for text in spellings} == {"golang:latest"}
    assert parse_reference(f"golang:1@{_DIGEST}").canonical == f"golang:1@{_DIGEST}"
    assert parse_reference(f"golang@{_DIGEST}").canonical == f"golang@{_DIGEST}"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("Golang", "lower-case"),
        ("golang:1 .2", "blanks"),
        ("golang:", "malformed"),
        (":1", "malformed"),
        ("golang:-x", "malformed"),
        ("a//b", "malformed"),
        ("a_-b", "malformed"),
        ("golang@sha256:12", "digest"),
        ("golang@sha256:" + "0A" * 32, "lower-case hexadecimal"),
        ("golang:" + "x" * 129, "malformed"),
        ("a/" * 128 + "a", "longer than"),
        ("https://docker.io/golang", "malformed"),
        ("golang\n", "blanks"),
    ],
)
def test_malformed(text: str, part: str) -> None:
    """A malformed reference is refused with what is wrong."""
    with pytest.raises(ValueError, match=part):
        parse_reference(text)
