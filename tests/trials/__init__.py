"""Public projects rebuilt by imgslim: the list (``cases.json``) and the replay that judges every rewrite."""
