"""Published programs as they are, each in a process of its own: `python -m published NAME ...`; see ../peers.py."""
