"""`python -m hipflask.surfaces.aws.streaming`: what the wrapper runs."""

from .loop import main

if __name__ == "__main__":
    main()
