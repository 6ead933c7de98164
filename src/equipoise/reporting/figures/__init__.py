"""The drawings of the report.  Each function takes plain values and gives an SVG; none of them computes a result."""
