"""The engraved chart in the cells of a terminal: its rows, marks, and what is hidden of it."""
