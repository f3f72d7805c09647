"""Drawing a picture and what lies over it, with one backend per kind of terminal."""
