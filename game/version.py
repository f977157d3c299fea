"""The version of First Take; the build reads it from here."""

VERSION = "0.1.0"
