"""What the player sees and presses."""
