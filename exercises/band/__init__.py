"""The rhythm section: drums and bass composed beside a chart."""
