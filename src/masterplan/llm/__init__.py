"""Language models: which one to use, and the embedded one that needs no key."""
