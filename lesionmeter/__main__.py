"""`python -m lesionmeter`: the command line, for where its script is not on the path."""

from lesionmeter.cli import main

if __name__ == "__main__":
    main()
