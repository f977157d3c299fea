"""The composer process: composes and engraves away from the screen."""
