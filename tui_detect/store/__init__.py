"""SQLite: connection, migrations, one module per aggregate, returning core objects."""
