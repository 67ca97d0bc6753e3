"""Studies on real data: what is fitted, to which labels, and how it is judged."""
