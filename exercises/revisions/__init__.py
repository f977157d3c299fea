"""What a producer may ask of a chart between takes, as functions from chart to chart."""
