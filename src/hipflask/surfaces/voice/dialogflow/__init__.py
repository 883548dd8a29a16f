"""Dialogflow, ES and CX: webhook requests and answers, and proof of who is asking."""
