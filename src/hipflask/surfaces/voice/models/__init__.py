"""Interaction models: what the vendors have to be told so that they understand people, made from the functions."""
