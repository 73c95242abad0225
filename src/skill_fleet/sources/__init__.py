"""What a skill is made from: readers that turn documentation, packages and commands into typed evidence."""
