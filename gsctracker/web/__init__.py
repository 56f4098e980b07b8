"""The website: pages for people, calls for programs, one server."""
