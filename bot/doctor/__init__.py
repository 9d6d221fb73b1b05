"""`python -m bot doctor`: looks at everything the bot needs, changes nothing, and says what to do in plain words.

It must speak where the bot cannot even start. So this file and those of the room import nothing beyond Python itself
at their heads; what may be missing or broken is imported inside functions, and what may crash in a process of its own.
"""
