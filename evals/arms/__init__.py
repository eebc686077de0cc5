"""The ways from words to code that are compared: each is given a case and leaves files behind."""
