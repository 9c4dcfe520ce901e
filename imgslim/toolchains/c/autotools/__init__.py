"""A reader of configure.ac and Makefile.am: which programs a package builds and installs (automake manual)."""
