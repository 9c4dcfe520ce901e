"""Tests of the C and C++ toolchain."""
