"""The command line: it asks, translates and prints; rules live in `workflows` and `core`."""
