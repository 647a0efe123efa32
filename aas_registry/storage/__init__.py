"""Tables, queries, migrations and the content-addressed file store."""
