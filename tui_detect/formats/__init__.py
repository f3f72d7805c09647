"""Readers and writers of data sets behind one registry."""
