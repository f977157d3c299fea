"""The figures by which one genre is told from another."""
