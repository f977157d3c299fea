"""One screen a module: what it shows, its keys, and where they lead."""
