"""A company in one window: two hubs, three laptops with the inventory, and the wires between them, which can be cut.

    make demo-sync

`wires` carries bytes until it is told not to, `people` do what people do with a stockroom, `company` starts all of it, `laptop` is the
window on each laptop, `compare` says who has what, `watching` looks again and again, `story` plays a day, and `app` draws the window that
controls them.
"""
