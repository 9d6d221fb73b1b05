"""`python -m bot ...`."""

import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["doctor"]:  # it speaks where packages that all the rest needs are missing, too
        from bot.doctor.__main__ import main

        main(sys.argv[2:])
    else:
        from bot.cli import main

        main()
