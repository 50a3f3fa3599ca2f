"""Lists of the desk as files: which columns, in which format, who may, and the trace that it leaves."""
