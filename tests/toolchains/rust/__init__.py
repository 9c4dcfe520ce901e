"""Tests of the Rust toolchain."""
