"""What is to be seen: a chart engraved as systems of terminal cells."""
