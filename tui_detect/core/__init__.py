"""Plain data and rules: standard library and numpy only, no I/O."""
