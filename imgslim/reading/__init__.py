"""Reading: a file, folded over its base image, and what the toolchains find in it; of several stages, the last."""
