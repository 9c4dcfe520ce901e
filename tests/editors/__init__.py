"""Tests of the plugins, in the editors themselves."""
