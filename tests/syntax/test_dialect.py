"""What dash, ash and bash take differently is seen, and nothing else is."""

from __future__ import annotations

import pytest

from imgslim.syntax.dialect import FEATURES, KINDS, differs, peculiar
from tests.syntax.shell_samples import SAMPLES


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ('echo "a\\tb"', ["echo-backslash"]),
        ("echo -e x", ["echo-option"]),
        ("echo -n x", []),
        ("echo a b", []),
        ('[ "$a" == b ]', ["double-equals"]),
        ('[ "$a" = b ]', []),
        ('test "$a" == b', ["double-equals"]),
        ("[[ -z $a ]]", ["double-bracket"]),
        ("function f { :; }", ["function-keyword"]),
        ("f() { :; }", []),
        ("source x", ["source"]),
        (". x", []),
        ("echo ${a//b/c} ${a:1} ${a#b} ${a%%b} ${a:-b} ${#a}", ["substring"]),
        ("echo ${a^^}", ["bash-expansion"]),
        ("echo ${!a}", ["bash-expansion"]),
        ("a=(1 2)", ["array"]),
        ("a+=b", ["append"]),
        ("cat <<< x", ["here-string"]),
        ("set -o pipefail", ["pipefail"]),
        ("set -euo pipefail", ["pipefail"]),
        ("set -eu -o errexit", []),
        ("trap 'x' SIGTERM", ["trap-name"]),
        ("trap 'x' TERM EXIT", []),
        ("kill -SIGHUP 1", ["kill-name"]),
        ("kill -HUP 1", []),
        ("wait -n", ["wait-any"]),
        ("wait $pid", []),
        ("echo $RANDOM", ["variable"]),
        ("echo $PIPESTATUS", ["bash-variable"]),
        ("echo $HOME $PATH $1 $@ $? $$", []),
        ("echo {a,b}", ["braces"]),
        ("echo '{a,b}' \"{a,b}\" ${a}", []),
        ("(( a > 1 ))", ["arithmetic-command"]),
        ("echo $((a + 1))", []),
        ("read -r a b", []),
        ("read -t 1 a", ["read-option"]),
        ("printf '%s\\n' a", []),
        ("printf '%q' a", ["printf-bash"]),
        ("declare a=1", ["builtin"]),
        ("local a=1; export b=2; readonly c", []),
        ("export -f f", ["export-function"]),
        ("cat <<EOF\n[[ x ]] echo -e source\nEOF", []),
        ("# [[ source ]]\n: 'source x; [[ y ]]'", []),
    ],
)
def test_features(text: str, features: list[str]) -> None:
    """Each by its spelling; what only looks like it, in quotes, comments and here-documents, is none."""
    assert [one.feature for one in peculiar(text + "\n")] == features


def test_lines() -> None:
    """The first line of each is told."""
    found = peculiar("set -e\n\nsource a\nsource b\n[[ x ]]\n")
    assert [(one.feature, one.line) for one in found] == [("source", 3), ("double-bracket", 5)]


def test_a_shell_that_nobody_knows_may_differ() -> None:
    """A known one does not differ from itself."""
    for feature in FEATURES:
        assert differs(feature, None, "ash")
        assert differs(feature, "dash", "zsh")
        assert not any(differs(feature, kind, kind) for kind in KINDS)
        assert any(differs(feature, one, other) for one in KINDS for other in KINDS)


def test_every_feature_has_a_sample() -> None:
    """What the table says is what an engine is asked; some end differently in each shell's own way."""
    seen = {one.feature for text in SAMPLES.values() for one in peculiar(text + "\n")}
    assert set(FEATURES) - seen <= {
        "both-redirected",
        "set-option",
        "variable-redirection",
        "trap-bash",
        "read-bash",
        "trap-name",
    }
