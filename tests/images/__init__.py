"""Tests of the base images' facts."""
