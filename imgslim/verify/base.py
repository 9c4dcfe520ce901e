"""The base image's own configuration, found by building nothing but the FROM line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.engine.build import BuildFailed
from imgslim.engine.images import ImageConfig
from imgslim.meaning import stages
from imgslim.records import replace
from imgslim.regex import regex
from imgslim.syntax import read
from imgslim.text import decode, encode

if TYPE_CHECKING:
    from imgslim.engine.options import BuildOptions, BuildSource
    from imgslim.engine.session import Session

_FROM = regex(rb"^[ \t]*FROM[ \t]", re.IGNORECASE | re.MULTILINE)
_LINE_END = regex(rb"(?<![\\`])(?<![\\`]\r)\r?\n|\Z")


def from_only(text: bytes) -> bytes:
    """``text`` up to the end of its only FROM instruction; of several, that which the last stage is built on."""
    found = list(_FROM.finditer(text))
    if len(found) > 1:
        return _last_from(text)
    if not found:
        return b""
    end = _LINE_END.search(text, found[0].end())
    return text[: end.start() if end is not None else len(text)] + b"\n"


def _last_from(text: bytes) -> bytes:
    """What stands before the first FROM, and the FROM that brings the image under the last stage."""
    dockerfile = read(decode(text))
    graph = stages(dockerfile, {})
    stage = graph[-1]
    while stage.base_stage is not None:
        stage = graph[stage.base_stage]
    head = dockerfile.text[: graph[0].node.span.start]
    return encode(head + stage.node.span.of(dockerfile.text) + dockerfile.newline)


def base_config(session: Session, source: BuildSource, options: BuildOptions) -> ImageConfig | None:
    """The configuration that the original inherits; None where it can't be told.

    The engine's store does not always know the base by name: BuildKit pulls layers, not images. A build of FROM alone
    is answered from its cache and gives the configuration for the very platform and arguments of the real build.
    """
    text = from_only(source.text)
    if not text:
        return None
    if re.search(rb"(?i)^[ \t]*FROM[ \t]+(--\S+[ \t]+)*scratch\b", text, re.MULTILINE):
        return ImageConfig()
    try:
        return session.build(replace(source, text=text), replace(options, target="")).config
    except BuildFailed:
        return None
