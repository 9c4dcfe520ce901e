"""Make layers and saved images in memory, with the standard library's own tar writer."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

from imgslim.evidence.archive import read_archive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imgslim.evidence.contents import Contents
    from imgslim.syntax.nodes import Dockerfile


def member(
    name: str,
    content: bytes = b"",
    *,
    kind: bytes = tarfile.REGTYPE,
    link: str = "",
    mode: int = 0o644,
    owner: tuple[int, int] = (0, 0),
    pax: Mapping[str, str] | None = None,
) -> tuple[tarfile.TarInfo, bytes]:
    """One member of a layer."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.size = kind, link, mode, len(content)
    info.uid, info.gid = owner
    info.pax_headers = dict(pax or {})
    return info, content


def folder(name: str, mode: int = 0o755) -> tuple[tarfile.TarInfo, bytes]:
    """A folder."""
    return member(name, kind=tarfile.DIRTYPE, mode=mode)


def link(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    """A symbolic link."""
    return member(name, kind=tarfile.SYMTYPE, link=target, mode=0o777)


def hard(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    """A hard link."""
    return member(name, kind=tarfile.LNKTYPE, link=target)


def layer(*rows: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A layer's archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for info, content in rows:
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def saved(
    layers: Sequence[bytes],
    history: Sequence[tuple[str, bool]] | None = None,
    *,
    old: bool = False,
    manifest: bool = True,
    packed: bool = False,
    config: Mapping[str, Any] | None = None,
) -> bytes:
    """A saved image; ``history`` has ``(created by, is empty)``, ``old`` is Docker's format before 25."""
    rows = [(f"step {number}", False) for number in range(len(layers))] if history is None else history
    described = json.dumps({
        "architecture": "amd64",
        "config": dict(config or {}),
        "history": [{"created_by": text, **({"empty_layer": True} if empty else {})} for text, empty in rows],
        "rootfs": {"type": "layers", "diff_ids": diff_ids(layers)},
    }).encode()  # fmt: skip
    stored = [gzip.compress(content) if packed else content for content in layers]
    members: list[tuple[tarfile.TarInfo, bytes]] = []
    if old:
        paths = [f"{number:064x}/layer.tar" for number in range(len(layers))]
        members += [member(path, content) for path, content in zip(paths, stored, strict=True)]
        config_path = _digest(described) + ".json"
        members.append(member(config_path, described))
    else:
        paths = [f"blobs/sha256/{_digest(content)}" for content in stored]
        # As Docker writes them: by digest, not in the layers' order, and once each.
        blobs = sorted(dict(zip(paths, stored, strict=True)).items())
        config_path = f"blobs/sha256/{_digest(described)}"
        index = json.dumps({"config": _described(described), "layers": [_described(c) for c in stored]}).encode()
        members += [folder("blobs"), folder("blobs/sha256"), *(member(path, content) for path, content in blobs)]
        members += [member(config_path, described), member(f"blobs/sha256/{_digest(index)}", index)]
        members.append(member("index.json", json.dumps({"manifests": [_described(index)]}).encode()))
    if manifest:
        row = {"Config": config_path, "RepoTags": None, "Layers": paths}
        members.append(member("manifest.json", json.dumps([row]).encode()))
    return layer(*members)


def diff_ids(layers: Sequence[bytes]) -> list[str]:
    """The layers' digests, as RootFS has them."""
    return [f"sha256:{_digest(content)}" for content in layers]


def read(
    *layers: bytes,
    history: Sequence[tuple[str, bool]] | None = None,
    config: Mapping[str, Any] | None = None,
    dockerfile: Dockerfile | None = None,
    base: Sequence[str] | None = None,
) -> Contents:
    """What an image of these layers holds."""
    return read_archive(io.BytesIO(saved(layers, history, config=config)), dockerfile, base)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _described(content: bytes) -> dict[str, Any]:
    return {"digest": f"sha256:{_digest(content)}", "size": len(content)}
