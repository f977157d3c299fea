"""The written page: values, beams, ties and signs that let a reader see the beat."""
