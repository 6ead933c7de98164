"""The methods of the plan for thousands of simulated trials at once; each agrees with its single-trial twin.

`examining.examine_design` simulates a study's own procedure and plan and gives its `DesignReport`.
"""
