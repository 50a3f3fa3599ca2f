"""Programmes from elsewhere and for elsewhere: frab's schedule.xml and frab's and pretalx's schedule.json.

`parse` and `export` are pure translations and import nothing above this floor; `apply` writes a programme into
an event and belongs to the roof.
"""
