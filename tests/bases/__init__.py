"""Stand-ins for the base images that Dockerfiles name, made from Debian packages where no registry can be reached.

`python -m tests.bases --list` shows what there is; docs/how-to/test-images.md says what a stand-in is not.
"""
