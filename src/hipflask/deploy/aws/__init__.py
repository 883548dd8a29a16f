"""Amazon itself: the thin outer side of `hipflask deploy`, all of it through boto3."""
