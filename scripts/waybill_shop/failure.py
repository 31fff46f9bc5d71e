"""The one kind of error that is meant for the person at the terminal; that of the servers is the same."""

from waybill_stack.failure import Failure

__all__ = ["Failure"]
