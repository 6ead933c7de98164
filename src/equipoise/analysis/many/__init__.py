"""The methods of the plan for thousands of simulated trials at once; each agrees with its single-trial twin."""
