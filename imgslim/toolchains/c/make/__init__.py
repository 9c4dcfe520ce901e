"""A reader of makefiles: which commands a goal runs (GNU make manual)."""
