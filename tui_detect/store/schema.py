"""The number of the newest migration, readable without importing the migrations."""

SCHEMA_VERSION = 6
