"""Output is kept within bounds."""

from __future__ import annotations

from imgslim.engine.capture import Capture


def test_short_output_is_kept_whole() -> None:
    """Below the limit nothing is dropped, however it arrives."""
    capture = Capture(10)
    for piece in (b"ab", b"cdefgh", b"ij"):
        capture.add(piece)
    assert (capture.value(), capture.head(), capture.dropped, capture.total) == (b"abcdefghij", b"abcdefghij", 0, 10)


def test_of_long_output_head_and_tail_are_kept() -> None:
    """The middle goes; how much is said; memory stays bounded."""
    capture = Capture(10)
    for _ in range(1000):
        capture.add(b"0123456789")
    assert capture.value() == b"01234\n[... 9990 bytes ...]\n56789"
    assert capture.head() == b"01234"
    assert (capture.total, capture.dropped) == (10_000, 9990)
