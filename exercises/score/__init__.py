"""Charts as music21 scores and MusicXML, and foreign scores as charts."""
