"""How people reach an action: each module takes one kind of request to a call of the function, and its result back."""
