"""One module per build toolchain: what was built, from what, into which path, and what it needs."""
