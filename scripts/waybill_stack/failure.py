"""The one kind of error that is meant for the person at the terminal."""


class Failure(Exception):
    """Says what happened, to which thing, and what to do next. Printed without a traceback."""

    def __init__(self, message: str, exit_status: int = 1):
        super().__init__(message)
        self.exit_status = exit_status
