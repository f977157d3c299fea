"""What a take was worth: alignment, judgements, scorecard."""
