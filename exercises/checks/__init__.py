"""What no player may be shown, rule by rule."""
