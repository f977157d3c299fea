"""The built-in performer: plays a chart as a person with known habits, and says what was done."""
