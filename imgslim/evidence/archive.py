"""A saved image (``docker save``) read once, from a stream, without a file written: :func:`read_archive`."""

from __future__ import annotations

import itertools
import json
import posixpath
import zlib
from typing import TYPE_CHECKING, Any

from imgslim.evidence.contents import ENTRY_POINT, OS_RELEASE, Contents, LayerFacts
from imgslim.evidence.feed import PIECE, Feed, too_large, unpacked, unreadable
from imgslim.evidence.history import Step, base_count, instructions_of
from imgslim.evidence.layer import Bounds, Layer, read_layer
from imgslim.evidence.library_paths import glibc_folders, musl_folders, read_cache
from imgslim.evidence.merge import Merged, merged
from imgslim.evidence.packages import packaged
from imgslim.evidence.tarball import members
from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    from imgslim.evidence.tarball import Member
    from imgslim.syntax.nodes import Dockerfile

#: Bytes of a JSON file, and of all of them.
_LARGEST_JSON = 4 << 20
_ALL_JSON = 32 << 20
#: Members of the outer archive: blobs, folders, older formats' three files a layer.
_MOST_MEMBERS = 4096
#: What is kept as text: what says something of the whole image, and settings.
_TEXTS = ("/etc/", ENTRY_POINT)
_NO_TEXTS = ("/etc/ld.so.cache",)


@dataclass(slots=True)
class _Saved:
    """What the outer archive held, by path in it."""

    layers: dict[str, Layer] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    #: Members that are links to others (older formats have a layer once).
    links: dict[str, str] = field(default_factory=dict)


def read_archive(stream: BinaryIO, dockerfile: Dockerfile | None = None, base: Sequence[str] | None = None) -> Contents:
    """What the image in a stream of ``docker save`` holds.

    ``dockerfile`` is what it was built from: its last stage's instructions are looked up in the image's history.
    ``base`` are the base image's layers (``RootFS.Layers``), None where they are not known. Raises EngineOrSystemError
    (``image-unreadable``, ``image-too-large``).
    """
    saved = _read(Feed(iter(lambda: stream.read(PIECE), b"")))
    paths, config = _manifest(saved)
    try:
        layers = [_layer(saved, path) for path in paths]
        steps = [Step(str(row.get("created_by") or ""), bool(row.get("empty_layer"))) for row in config["history"]]
        diff_ids = [str(name) for name in config["rootfs"]["diff_ids"]]
    except (AttributeError, KeyError, TypeError) as error:
        raise unreadable(f"its configuration lacks {error}") from error
    whole = merged(layers)
    facts, from_text = _facts(steps, whole, dockerfile)
    counted = base_count(diff_ids, base)
    return _contents(whole, config, facts, from_text if counted is None else counted)


def _read(feed: Feed) -> _Saved:
    """Read the outer archive; layers come before the manifest that names them, so each is told by its content."""
    saved, bounds = _Saved(), Bounds()
    room = _ALL_JSON
    for number, member in enumerate(members(feed)):
        if number == _MOST_MEMBERS:
            raise too_large("its archive has too many members")
        if member.flag in (b"1", b"2"):
            saved.links[member.name] = posixpath.normpath(posixpath.join(posixpath.dirname(member.name), member.link))
        if member.flag != b"0" or not member.body.left:
            continue
        head = member.body.take(1)
        if head in (b"{", b"["):
            if member.body.left < _LARGEST_JSON:
                room -= member.body.left
                if room < 0:
                    raise too_large("its archive has too many descriptions")
                saved.texts[member.name] = head + member.body.take(member.body.left)
        elif _may_be_layer(member):
            pieces = unpacked(itertools.chain((head,), member.body))
            saved.layers[member.name] = read_layer(Feed(pieces), bounds)
    return saved


def _may_be_layer(member: Member) -> bool:
    """Tell by the name whether it may be a layer: a blob, or a ``layer.tar`` of the older format."""
    return member.name.startswith("blobs/") or member.name.endswith(".tar")


def _manifest(saved: _Saved) -> tuple[list[str], dict[str, Any]]:
    """The layers' paths in the archive, lowest first, and the image's configuration."""
    try:
        if "manifest.json" in saved.texts:
            (row, *_) = _json(saved, "manifest.json")
            return [str(path) for path in row["Layers"]], _json(saved, row["Config"])
        return _oci(saved, "index.json")
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise unreadable("it has no manifest that can be followed") from error


def _oci(saved: _Saved, path: str, depth: int = 4) -> tuple[list[str], dict[str, Any]]:
    """The same by the OCI image layout: an index leads to a manifest, or to another index."""
    found = _json(saved, path)
    if "layers" in found:
        return [_blob(row) for row in found["layers"]], _json(saved, _blob(found["config"]))
    # An image's attestations stand beside it, on a platform that is none.
    rows = [row for row in found["manifests"] if (row.get("platform") or {}).get("os") != "unknown"]
    kept = [row for row in rows if _blob(row) in saved.texts]
    if depth == 0:
        raise ValueError(path)
    return _oci(saved, _blob(kept[0]) if kept else path, depth - 1)


def _blob(row: Mapping[str, Any]) -> str:
    """Where a descriptor's content is."""
    return "blobs/" + str(row["digest"]).replace(":", "/")


def _json(saved: _Saved, path: str) -> Any:  # noqa: ANN401  (JSON)
    return json.loads(saved.texts[saved.links.get(path, path)])


def _layer(saved: _Saved, path: str) -> Layer:
    """A layer by its path; one that is named again is read again as what it was: nothing is new in it."""
    left = len(saved.links)
    while path not in saved.layers and path in saved.links and left >= 0:
        path, left = saved.links[path], left - 1
    if path not in saved.layers:
        raise unreadable(f"the layer {path} is not in it")
    return saved.layers[path]


def _facts(steps: Sequence[Step], whole: Merged, dockerfile: Dockerfile | None) -> tuple[tuple[LayerFacts, ...], int]:
    """What is known of each layer, and how many come before the Dockerfile's own; 0 where that is not settled."""
    indexes = instructions_of(steps, dockerfile)
    made = [(step, index) for step, index in zip(steps, indexes, strict=True) if not step.is_empty]
    settled = any(index is not None for index in indexes)
    if len(made) != len(whole.marks):
        # A squashed or imported image: its history is not that of its layers.
        made, settled = [(Step("", is_empty=False), None)] * len(whole.marks), False
    layers = tuple(
        LayerFacts(step.created_by, index, marks.deleted, marks.changed)
        for (step, index), marks in zip(made, whole.marks, strict=True)
    )
    return layers, sum(facts.instruction is None for facts in layers) if settled else 0


def _contents(whole: Merged, config: Mapping[str, Any], layers: tuple[LayerFacts, ...], base_layers: int) -> Contents:
    """Everything together."""

    def content(path: str) -> bytes | None:
        real = bare.resolve(path)
        packed = whole.facts.kept.get(real) if real is not None else None
        return zlib.decompress(packed) if packed is not None else None

    def text(path: str) -> str | None:
        found = content(path)
        return found.decode("utf-8", "surrogateescape") if found is not None else None

    facts = whole.facts
    bare = Contents(
        str(config.get("architecture") or ""),
        layers,
        whole.entries,
        facts.elf,
        facts.interpreters,
        None,
        (),
        base_layers,
    )
    for_musl = musl_folders(whole.entries, text)
    return Contents(
        architecture=bare.architecture,
        layers=layers,
        entries=whole.entries,
        elf=facts.elf,
        interpreters=facts.interpreters,
        packages=packaged(bare, facts.kept, content),
        library_folders=(*glibc_folders(whole.entries, text), *(for_musl or ())),
        musl_folders=for_musl,
        base_layers=base_layers,
        library_cache=read_cache(content("/etc/ld.so.cache") or b""),
        config=config.get("config") or {},
        texts=_texts(facts.kept, bare, text),
        unread=tuple(facts.unread),
    )


def _texts(kept: Mapping[str, bytes], bare: Contents, text: Callable[[str], str | None]) -> dict[str, str]:
    """The texts below /etc by path, that of a link to elsewhere as well (/etc/os-release); what starts the image."""
    paths = [path for path in (*kept, OS_RELEASE) if path.startswith(_TEXTS) and path not in _NO_TEXTS]
    return {path: found for path in paths if bare.resolve(path) is not None and (found := text(path)) is not None}
