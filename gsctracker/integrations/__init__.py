"""The world outside: functions that take what they need and know no database."""
