"""A trading desk over three monitors: live prices, one's trades at those prices, orders, alerts, and the desk's own health.

    python -m examples.desk                          with a made-up market of its own
    python -m examples.desk.feed                     that market as a server, for several desks:
    DESK_FEED=ws://127.0.0.1:8765 python -m examples.desk

What comes in (`wire`, `mirror`, `connection`), what becomes of it (`engine`: `quotes`, `trading`, `meter`), what is kept (`data`), and
what is seen (`app`: `blotter`, `prices`, `orders`, `health`) are files of their own. `feed` and `market` are the other end of the line.
Thirty times a second the engine writes to the store what has changed; that the windows follow it is no line of code here.
"""
