"""Tests of what built images show."""
