"""Alexa: requests as Amazon sends them, answers as it takes them, and proof that it was Amazon."""
