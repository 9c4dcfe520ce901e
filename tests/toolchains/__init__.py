"""Tests of the toolchains."""
