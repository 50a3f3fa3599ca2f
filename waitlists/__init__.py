"""Floor 2: lines of people who wait for a seat: who stands in one, in which order, and by which rules of its own.

A line decides nothing about seats and writes none. It is served in `registrations/actions/lines`, right after whatever
freed a seat was stored: by `settling` (which lines, how many at a time), `next_in_line` (who, and how) and `serving`.
`registrations/rules` says why somebody may not be given a seat.
"""
