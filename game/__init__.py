"""First Take: sight-reading and style training for session keyboard players."""
