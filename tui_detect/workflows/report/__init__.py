"""One HTML page of all figures, for people without the terminal."""
