"""Migrate a tree of Dockerfiles."""
