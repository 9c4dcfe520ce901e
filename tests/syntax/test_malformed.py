"""What BuildKit refuses is refused, under a stable code, with the place that is wrong."""

from __future__ import annotations

import pytest

from imgslim.errors import InputError
from imgslim.syntax import check_valid, parse
from imgslim.syntax.problems import CODES
from tests.syntax.oracle import oracle

#: Code, file, and the text that the error's span covers.
REFUSED = (
    ("bad-escape", "# escape=x\nFROM a\n", "# escape=x"),
    ("bad-flag-value", "FROM a\nRUN --network=x b\n", "--network=x"),
    ("bad-flag-value", "FROM a\nCOPY --link=yes b c\n", "--link=yes"),
    ("bad-flag-value", "FROM a\nHEALTHCHECK --interval=5x CMD b\n", "--interval=5x"),
    ("bad-flag-value", "FROM a\nHEALTHCHECK --timeout=5us CMD b\n", "--timeout=5us"),
    ("bad-flag-value", "FROM a\nHEALTHCHECK --timeout=-5s CMD b\n", "--timeout=-5s"),
    ("bad-flag-value", "FROM a\nHEALTHCHECK --retries=-1 CMD b\n", "--retries=-1"),
    ("bad-from", "FROM\n", "FROM"),
    ("bad-from", "FROM a b\n", "a b"),
    ("bad-from", "FROM a TO b\n", "a TO b"),
    ("bad-healthcheck", "FROM a\nHEALTHCHECK b c\n", "b c"),
    ("bad-healthcheck", "FROM a\nHEALTHCHECK NONE b\n", "NONE b"),
    ("bad-healthcheck", "FROM a\nHEALTHCHECK CMD []\n", "CMD []"),
    ("bad-mount", "FROM a\nRUN --mount=type=x b\n", "--mount=type=x"),
    ("bad-mount", "FROM a\nRUN --mount=foo=x b\n", "--mount=foo=x"),
    ("bad-mount", "FROM a\nRUN --mount=target b\n", "--mount=target"),
    ("bad-mount", "FROM a\nRUN --mount=type=secret b\n", "--mount=type=secret"),
    ("bad-mount", "FROM a\nRUN --mount=type=secret,id=x,source=y b\n", "--mount=type=secret,id=x,source=y"),
    ("bad-mount", "FROM a\nRUN --mount=type=secret,id=x,from=y b\n", "--mount=type=secret,id=x,from=y"),
    ("bad-mount", "FROM a\nRUN --mount=size=1 b\n", "--mount=size=1"),
    ("bad-mount", "FROM a\nRUN --mount=type=cache,sharing=x b\n", "--mount=type=cache,sharing=x"),
    ("bad-mount", "FROM a\nRUN --mount=type=cache,mode=9 b\n", "--mount=type=cache,mode=9"),
    ("bad-mount", "FROM a\nRUN --mount=ro=x b\n", "--mount=ro=x"),
    ("bad-mount", 'FROM a\nRUN --mount=a\\"b c\n', '--mount=a\\"b'),
    ("bad-pair", "FROM a\nENV B\n", "B"),
    ("bad-pair", "FROM a\nLABEL b=c d\n", "d"),
    ("bad-pair", "FROM a\nONBUILD ENV B\n", "B"),
    ("bad-port", "FROM a\nEXPOSE 80 8o\n", "8o"),
    ("bad-port", "FROM a\nEXPOSE 65536\n", "65536"),
    ("bad-port", "FROM a\nEXPOSE 90-80\n", "90-80"),
    ("bad-stage-index", "FROM a\nCOPY --from=2 b c\n", "--from=2"),
    ("bad-substitution", "FROM a\nENV B=${C\n", "${C"),
    ("bad-substitution", "FROM a\nWORKDIR '/x\n", "'/x"),
    ("bad-substitution", "FROM a\nCOPY b ${C^^}\n", "${C^^}"),
    ("bad-substitution", "FROM a${B\n", "a${B"),
    ("bad-substitution", "FROM a\nCOPY --chown=${B c d\n", "--chown=${B"),
    ("bad-substitution", "FROM a\nEXPOSE ${B\n", "${B"),
    ("bad-substitution", "ARG A=${B\nFROM a\n", "A=${B"),
    ("bad-substitution", "FROM a\nCOPY <<'E F' /x\nb\nE F\n", "<<'E"),
    ("before-from", "RUN a\nFROM b\n", "RUN"),
    ("blank-name", "FROM a\nENV =b\n", "=b"),
    ("blank-name", "ARG =b\nFROM a\n", "=b"),
    ("copy-from-itself", "FROM a AS b\nCOPY --from=B c d\n", "--from=B"),
    ("copy-from-itself", "FROM a\nCOPY --from=0 c d\n", "--from=0"),
    ("copy-from-itself", "FROM a AS b\nRUN --mount=from=b,target=/x c\n", "--mount=from=b,target=/x"),
    ("copy-from-later-stage", "FROM a\nCOPY --from=c d e\nFROM b AS c\n", "--from=c"),
    ("copy-needs-two-arguments", "FROM a\nCOPY b\n", "b"),
    ("copy-needs-two-arguments", "FROM a\nADD\n", "ADD"),
    ("duplicate-directive", "# syntax=a\n# SYNTAX=b\nFROM a\n", "# SYNTAX=b"),
    ("duplicate-flag", "FROM a\nCOPY --chown=b --chown=c d e\n", "--chown=c"),
    ("empty-file", "", ""),
    ("empty-file", "# only a comment\n\n", ""),
    ("empty-volume", 'FROM a\nVOLUME ["/b", " "]\n', '["/b", " "]'),
    ("flag-needs-value", "FROM a\nCOPY --from b c\n", "--from"),
    ("flag-needs-value", "FROM a\nCOPY --link= b c\n", "--link="),
    ("from-missing", "ARG A\nARG B\n", "ARG B"),
    ("heredoc-as-destination", "FROM a\nCOPY b <<E\nE\n", "<<E"),
    ("heredoc-unterminated", "FROM a\nRUN <<E\nb\n E\n", "RUN <<E"),
    ("invalid-stage-name", "FROM a AS 1b\n", "1b"),
    ("invalid-stage-name", "FROM a AS b/c\n", "b/c"),
    ("json-not-strings", "FROM a\nCMD [1]\n", "[1]"),
    ("json-not-strings", "FROM a\nHEALTHCHECK CMD [[]]\n", "CMD [[]]"),
    ("json-not-strings", "FROM a\nONBUILD COPY [null, 1]\n", "[null, 1]"),
    ("line-too-long", "FROM a\nRUN " + "x" * 65_532 + "\n", "R"),
    ("missing-arguments", "FROM a\nWORKDIR\n", "WORKDIR"),
    ("missing-arguments", "FROM a\nVOLUME []\n", "VOLUME"),
    ("missing-arguments", "FROM a\nONBUILD\n", "ONBUILD"),
    ("onbuild-not-allowed", "FROM a\nONBUILD ONBUILD RUN b\n", "ONBUILD"),
    ("onbuild-not-allowed", "FROM a\nONBUILD from b\n", "from"),
    ("shell-not-json", "FROM a\nSHELL sh -c\n", "sh -c"),
    ("unknown-flag", "FROM a\nRUN --foo b\n", "--foo"),
    ("unknown-flag", "FROM a\nUSER --foo=x b\n", "--foo=x"),
    ("unknown-instruction", "FROM a\nRUM b\n", "RUM"),
    ("unknown-instruction", "FROM a\n\\\n\n", "\\\n"),
    ("variable-in-copy-from", "FROM a\nCOPY --from=$B c d\n", "--from=$B"),
    ("variable-in-copy-from", "FROM a\nRUN --mount=from=$B,target=/c d\n", "--mount=from=$B,target=/c"),
)

ACCEPTED = (
    "FROM a\nRUN --mount=type=$T,sharing=locked,required b\n",
    "FROM a\nRUN --mount='type=bind,\"source=a,b\",target=/x,rw' b\n",
    "FROM a\nRUN --mount=type=cache,target=/x,mode=0755,uid=1 --mount=type=secret,id=b c\n",
    "FROM a\nRUN --mount=from=0,target=/x b\n",
    "FROM a\nRUN --security=insecure --network=host --device=x,required b\n",
    "FROM a\nCOPY --link --parents --exclude=x --exclude=y b c\n",
    "FROM a\nCOPY --link=FALSE b c\n",
    "FROM a\nHEALTHCHECK --interval=1m30s --retries=0 --timeout=0 --start-period= CMD b\n",
    "FROM a\nHEALTHCHECK none\n",
    "FROM a\nARG --foo B\n",
    "FROM a\nEXPOSE 80/TCP 8000-8010 127.0.0.1:90:80 $P\n",
    "FROM a AS b\nFROM c AS b\nCOPY --from=0 d e\n",
    "FROM a\nCOPY --from=image:1 b c\n",
    "FROM a\nRUN\nCMD\nENTRYPOINT []\n",
    "FROM a\nONBUILD FOO bar\nONBUILD COPY b\n",
    "FROM a\nENV B='c' D=${E:-f} G=${H#i}\nLABEL j k l\n",
    "FROM a\nENV B=" + "${C:-" * 200 + "}" * 200 + "\n",
    "FROM a\nRUN " + "x" * 65_531 + "\n",
)


@pytest.mark.parametrize(("code", "text", "place"), REFUSED)
def test_is_refused(code: str, text: str, place: str) -> None:
    """Each wrong file raises its code, and the span covers what is wrong."""
    with pytest.raises(InputError) as caught:
        check_valid(parse(text))
    assert caught.value.code == code
    assert caught.value.span.of(text) == place
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("text", ACCEPTED)
def test_is_accepted(text: str) -> None:
    """Each file differs from a refused one in the fact that matters."""
    check_valid(parse(text))


def test_every_code_is_raised() -> None:
    """The table of codes and the code that raises them name the same set."""
    assert {code for code, _, _ in REFUSED} == set(CODES)


def test_a_typing_error_is_named() -> None:
    """The hint of an unknown instruction names the one that was probably meant."""
    with pytest.raises(InputError) as caught:
        check_valid(parse("FROM a\nENTRYPONT b\n"))
    assert "ENTRYPOINT" in caught.value.hint


def test_a_long_line_counts_in_bytes() -> None:
    """The limit is BuildKit's: bytes of a physical line, whatever characters they encode."""
    text = "FROM a\n# " + "é" * 32_766 + "\n"
    for longer in (text, text.replace("# é", "# éx")):
        check_valid(parse(longer))
        assert oracle(longer) is not None
    too_long = text.replace("# é", "# éxx")
    assert oracle(too_long) is None
    with pytest.raises(InputError) as caught:
        parse(too_long)
    assert caught.value.code == "line-too-long"
