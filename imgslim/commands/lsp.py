"""``imgslim lsp``."""

from __future__ import annotations

from importlib.util import find_spec

from imgslim.errors import EngineOrSystemError


def run() -> int:
    """Serve one editor until it leaves; the exit code.

    Raises:
        EngineOrSystemError: what speaks the protocol is not installed.
    """
    if find_spec("pygls") is None or find_spec("lsprotocol") is None:
        raise EngineOrSystemError(
            "not-installed", "The language server needs the pygls package.", "pip install 'dockerfile-imgslim[lsp]'"
        )
    from imgslim.lsp.server import serve  # noqa: PLC0415  (takes most of a second to import)

    return serve()
