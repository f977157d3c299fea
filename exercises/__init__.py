"""What is to be played: drills, levels, charts, and the composer of charts."""
