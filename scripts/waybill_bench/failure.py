class Failure(Exception):
    """No figures came of it: what happened, to which program or file, and what to do."""
