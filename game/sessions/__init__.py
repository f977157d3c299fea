"""The course of a take: preview, count-in, playing, done."""
