"""The forms of what our API answers: a model for each JSON answer, its members told and exemplified."""
