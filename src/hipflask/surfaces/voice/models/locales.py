"""Which languages each vendor speaks, and what it knows there."""

from __future__ import annotations

ALEXA = (
    "ar-SA", "de-DE", "en-AU", "en-CA", "en-GB", "en-IN", "en-US", "es-ES", "es-MX", "es-US", "fr-CA", "fr-FR", "hi-IN",
    "it-IT", "ja-JP", "nl-NL", "pt-BR",
)  # fmt: skip

DIALOGFLOW = (
    "bn", "da", "de", "en", "en-AU", "en-CA", "en-GB", "en-IN", "en-US", "es", "es-419", "es-ES", "fi", "fr", "fr-CA", "fr-FR",
    "hi", "id", "it", "ja", "ko", "mr", "ms", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru", "si", "sv", "ta", "te", "th", "tr",
    "uk", "vi", "zh-CN", "zh-HK", "zh-TW",
)  # fmt: skip

# Slot types of Amazon's that are there for some languages only, and what there is everywhere in their place.
LOCAL_TYPES: dict[str, tuple[tuple[str, ...], str]] = {
    "AMAZON.US_CITY": (("en-US",), "AMAZON.City"),
    "AMAZON.US_FIRST_NAME": (("en-US",), "AMAZON.FirstName"),
    "AMAZON.US_STATE": (("en-US",), "AMAZON.Region"),
    "AMAZON.EUROPE_CITY": (("en-GB",), "AMAZON.City"),
    "AMAZON.GB_CITY": (("en-GB",), "AMAZON.City"),
    "AMAZON.GB_FIRST_NAME": (("en-GB",), "AMAZON.FirstName"),
    "AMAZON.GB_REGION": (("en-GB",), "AMAZON.Region"),
    "AMAZON.AT_CITY": (("de-DE",), "AMAZON.City"),
    "AMAZON.AT_REGION": (("de-DE",), "AMAZON.Region"),
    "AMAZON.DE_CITY": (("de-DE",), "AMAZON.City"),
    "AMAZON.DE_FIRST_NAME": (("de-DE",), "AMAZON.FirstName"),
    "AMAZON.DE_REGION": (("de-DE",), "AMAZON.Region"),
}
