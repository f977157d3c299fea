"""From a drill to a chart: form, harmony, rhythm, melody, left hand, voicing."""
