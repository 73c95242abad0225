"""What a model is asked, one class a decision: instructions, inputs, and outputs with their bounds."""
