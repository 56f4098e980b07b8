"""The files an operator deploys with."""
