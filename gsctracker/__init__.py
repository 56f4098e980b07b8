"""GSCTracker: a Girl Scout troop's cookie season on one small box."""

__version__ = "2.0.0"
