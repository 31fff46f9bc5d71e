"""The shop from outside: started on servers of its own, given orders, and held to what must add up."""
