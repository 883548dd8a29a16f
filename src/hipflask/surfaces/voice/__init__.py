"""Actions that are spoken to: Alexa skills and Dialogflow agents."""
