"""What runs by itself: the thread that keeps the timetable."""
