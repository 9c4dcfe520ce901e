"""Tests of meaning: scopes, stages, shell text, files."""
