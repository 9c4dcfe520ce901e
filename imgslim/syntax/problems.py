"""The codes of :class:`imgslim.errors.InputError` that reading a Dockerfile raises, each with its long text."""

from __future__ import annotations

#: Code to text. What BuildKit refuses is refused here too, under a stable name.
CODES: dict[str, str] = {
    "bad-escape": "The parser directive escape takes a backslash or a backtick, nothing else.",
    "bad-flag-value": "A flag has a value that it does not take.",
    "bad-from": "FROM takes an image, or an image, AS and a name.",
    "bad-healthcheck": "HEALTHCHECK is followed by NONE alone, or by options, CMD and a command.",
    "bad-mount": "RUN --mount is a comma-separated list of keys and values that the mount's type knows.",
    "bad-pair": "ENV and LABEL take pairs of the form name=value, or one name, a blank and its value.",
    "bad-port": "EXPOSE takes port numbers up to 65535 or ranges of them, each with /tcp, /udp or /sctp if wanted.",
    "bad-stage-index": "COPY --from takes the number of an earlier stage, counted from 0.",
    "bad-substitution": "A ${...} expression or a quote is not closed, or uses an operator that Docker does not have.",
    "before-from": "Only ARG may stand before the first FROM.",
    "blank-name": "ENV, LABEL and ARG need a name in front of the equals sign.",
    "copy-from-itself": "COPY --from and RUN --mount from= name the stage that they stand in, which is not built yet.",
    "copy-from-later-stage": "COPY --from and RUN --mount from= name a stage that is defined further below.",
    "copy-needs-two-arguments": "COPY and ADD need at least one source and a destination.",
    "duplicate-directive": "A parser directive may be given once.",
    "duplicate-flag": "A flag that takes one value is given twice.",
    "empty-file": "The file holds no instruction.",
    "empty-volume": "VOLUME names an empty path.",
    "flag-needs-value": "A flag that takes a value is given without one.",
    "from-missing": "The file has no FROM, so there is no stage to build.",
    "heredoc-as-destination": "The last argument of COPY and ADD is a path in the image, never a here-document.",
    "heredoc-unterminated": "A here-document ends at a line that is exactly its name; there is none.",
    "invalid-stage-name": "A stage name starts with a letter and holds letters, digits, '-', '_' and '.' only.",
    "json-not-strings": "An exec form is a JSON array of strings: numbers, null and nested arrays are refused.",
    "line-too-long": "BuildKit reads physical lines of up to 65,535 bytes.",
    "missing-arguments": "The instruction needs an argument.",
    "onbuild-not-allowed": "ONBUILD takes any instruction but ONBUILD, FROM and MAINTAINER.",
    "shell-not-json": "SHELL takes a JSON array of strings.",
    "unknown-flag": "The instruction has no such flag.",
    "unknown-instruction": "The line begins with a word that is no instruction.",
    "variable-in-copy-from": "COPY --from and RUN --mount from= expand no variable: name a stage that does with FROM.",
}
