"""A live set: charts that do not go as they are written, and an audience."""
