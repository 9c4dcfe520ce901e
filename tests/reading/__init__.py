"""Tests of reading: one stage, and the last of several."""
