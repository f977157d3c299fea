"""What is kept: takes, scorecards and settings."""
