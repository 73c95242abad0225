"""A conversation as a durable job: what a person says is an answer, what a model does is a step."""
