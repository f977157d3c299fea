"""What the review of a take is made of: words, plots and what is heard of it."""
