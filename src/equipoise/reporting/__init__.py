"""The trial report in HTML and PDF/A, the CONSORT flow, the figures, and the gaps between what was said and done.

Nothing is imported here: a process that only draws and typesets does not wait for what a trial's report is made from.
"""
