"""Tests of the Node.js toolchain."""
