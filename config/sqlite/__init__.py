"""Django's backend for SQLite, with a line of writers: threads of one process write in the order in which they came.

Left to themselves they would back off and try again, each at longer intervals: nobody writes while all sleep, and some
wait ten times as long as others. Between processes the file's own lock decides, as ever.
"""
