"""`hipflask deploy`: the app’s functions on AWS Lambda, and what asks them there."""
