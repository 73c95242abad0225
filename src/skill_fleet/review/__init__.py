"""What a person's reply means, and the stops of the conversation: who is asked, what, and when it is enough."""
