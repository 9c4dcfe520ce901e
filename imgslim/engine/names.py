"""How things made on the engine are named and marked; the part that follows says whose they are (:mod:`.owner`)."""

#: Containers and volumes carry it; images carry the mark in their name: a label would change their configuration.
LABEL = "io.imgslim.session"
#: ``imgslim-verify/<mark>:1`` is an image, ``imgslim-verify-<mark>-2`` a container.
REPOSITORY = "imgslim-verify"
#: ``imgslim-build-<mark>.xyz`` holds the Dockerfile of a build that runs.
BUILD_FOLDER = "imgslim-build-"
#: Volumes and images carry it that make later verifications faster; no session removes them.
CACHE_LABEL = "io.imgslim.cache"
