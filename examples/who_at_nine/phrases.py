"""What can be said: the sentences of both voices, and the samples by which they are understood."""

# What stands before "Who is at nine", whether that is meant as a question or as an answer.
BEFORE = (
    "",
    "Yes,",
    "No,",
    "Quite so:",
    "As I said:",
    "I keep telling you:",
    "All I know:",
    "Listen:",
    "That is not what I asked:",
    "I only want to know:",
    "Let us begin again:",
    "I cannot wait until then:",
)
TELLING = ("Yes,", "Quite so:", "As I said:", "I keep telling you:")
ASKING = ("Listen:", "That is not what I asked:", "I only want to know:", "Let us begin again:")

# What somebody tries who has asked who is at nine and has heard "Who is at nine". Each of them is understood, but otherwise.
TRIES = (
    "What is the name of the player at {wants}?",
    "Why?",
    "Nobody is at {wants}?",
    "{Wants}!",
    "Will you tell me tomorrow?",
    "Where?",
    "Say it slowly, perhaps?",
    "Whatever!",
)


def before(*samples):
    """Samples, with everything that may stand before them."""
    return tuple(
        " ".join(f"{start} {each}".split()).strip() for start in map(_bare, BEFORE) for each in samples
    )


def _bare(start):
    return start.rstrip(",:").lower()
