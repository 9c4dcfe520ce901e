"""Tests of the Java toolchain."""
