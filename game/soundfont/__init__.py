"""Sound banks (SoundFont 2): read, and played note by note."""
