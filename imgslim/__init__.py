r"""Split a single-stage Dockerfile into a builder and a small runtime stage.

>>> import imgslim
>>> imgslim.rewrite("FROM busybox\\n")
Unchanged(reason='no-entry', ...)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Applicability, Assumption, Declined, Outcome, Plan, Rewritten, Unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from imgslim.context import BuildContext

__all__ = [
    "Applicability",
    "Assumption",
    "Declined",
    "Outcome",
    "Plan",
    "Rewritten",
    "Unchanged",
    "rewrite",
]


def rewrite(
    text: str,
    context: BuildContext | PathLike[str] | str | None = None,
    target: str = "auto",
    *,
    libc: str = "",
    prefer: str = "",
    build_args: Mapping[str, str] | None = None,
    last_stage: bool = False,
) -> Outcome:
    """Rewrite a single-stage Dockerfile, or say why not; nothing is executed and nothing is written.

    Args:
        text: the Dockerfile; read bytes with :func:`imgslim.text.decode` to keep what is not UTF-8.
        context: the build context, or its folder; None where it is not known.
        target: a name of ``imgslim targets``, any image reference, or ``auto``.
        libc: ``musl`` or ``glibc`` to ask for that C library.
        prefer: ``debuggable`` for the smallest target with a shell, where the target is ``auto``.
        build_args: as ``docker build --build-arg``.
        last_stage: plan the last stage of a file with several, which is left alone otherwise.

    Raises:
        imgslim.errors.InputError: BuildKit would refuse the text.
        imgslim.errors.UsageError: the target is no target.
    """
    import os  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from imgslim.context import DiskContext  # noqa: PLC0415
    from imgslim.service import Options, slim  # noqa: PLC0415

    if isinstance(context, str | os.PathLike):
        context = DiskContext(Path(context))
    options = Options(target=target, libc=libc, prefer=prefer, build_args=dict(build_args or {}), last_stage=last_stage)
    return slim(text, context, options)
