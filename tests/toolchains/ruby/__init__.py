"""Tests of the Ruby toolchain."""
