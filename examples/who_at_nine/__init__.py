"""Two voices, one app: an Alexa skill and a Dialogflow agent ask each other who is at nine, until one of them knows.

    make demo-voice

What one says is what the other hears; it is laid over the samples of the intents, goes as that vendor's JSON through the app's own
endpoint, and what comes back is the next thing that is said. Nobody has written the dialogue down: the players are called Who, What and
Tomorrow, and that is enough.

`lineup` is who plays where, `phrases` what can be said, `memory` what a voice keeps in mind, `answers` the functions that are asked,
`dialogue` lets the voices talk, `sound` makes it heard, `story` plays it by itself, and `app` draws the window.

`lambda.toml` says how the two voices go to AWS Lambda, where a real Alexa and a real Dialogflow can ask them.
"""
