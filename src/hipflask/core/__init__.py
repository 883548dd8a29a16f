"""What every other room of the house agrees on: actions, their binding, errors, and the ports between screen and data."""
