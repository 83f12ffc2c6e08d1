"""`python -m nbalib` is the command `nba`."""

from nbalib.cli import main

if __name__ == "__main__":
    main()
