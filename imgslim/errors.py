"""The exceptions of imgslim.

::

    ImgslimError
    ├── InputError            the Dockerfile can't be read as BuildKit reads it: file, line, caret, reason
    ├── UsageError            an option, a path or a configuration that makes no sense
    └── EngineOrSystemError   something around us failed: engine, disk, permission

A refusal is not an exception: see :class:`imgslim.model.Declined`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgslim.text import Span

#: The message of ``too-deep``: Python's own limit was met, wherever that was.
NESTS_TOO_DEEPLY = "The file, or one that it is built from, nests too deeply to be read."


class ImgslimError(Exception):
    """Anything imgslim raises on purpose; the command line turns it into exit code 2."""


class InputError(ImgslimError):
    """A Dockerfile that BuildKit refuses.

    Attributes:
        code: the stable reason name (``imgslim.reasons``).
        message: what is wrong, in one sentence.
        span: where, in the decoded text.
        hint: what to do about it.
    """

    def __init__(self, code: str, message: str, span: Span, hint: str = "") -> None:
        """Keep the parts: the edges render them with the file's own name and lines."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.hint = hint


class UsageError(ImgslimError):
    """A wrong option, path or configuration value."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        """Keep the stable reason name beside the sentence."""
        super().__init__(message)
        self.code = code
        self.hint = hint


class EngineOrSystemError(ImgslimError):
    """The engine, the disk or the operating system refused; not the Dockerfile's fault."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        """Keep the stable reason name beside the sentence."""
        super().__init__(message)
        self.code = code
        self.hint = hint
