"""What is heard and played: MIDI, sound and the transport clock."""
