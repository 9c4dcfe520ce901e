"""Tests of text and grammar."""
