"""The measurements of the project itself, each against its baseline in the same run."""
