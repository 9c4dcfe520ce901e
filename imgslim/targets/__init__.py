"""Runtime targets: the images a program can be moved onto, and what they offer."""
