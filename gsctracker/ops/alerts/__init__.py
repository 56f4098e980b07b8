"""What is wrong with the box, who is told, and what she can do: one file of rules, read here and by Prometheus."""
