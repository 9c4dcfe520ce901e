"""Text and grammar: what a Dockerfile and a shell command say, no more."""
