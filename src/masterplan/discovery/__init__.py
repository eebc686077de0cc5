"""What an existing repository is like, found out by reading and never by asking a model.

`source` reads the HEAD of a path or URL, `survey` makes facts of its files, `telling` puts them
into words for a model. No file that holds secrets gets any further than `secrets`.
"""
