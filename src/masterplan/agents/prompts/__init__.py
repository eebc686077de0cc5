"""The words put to the model that writes code, as text files."""
