"""The facts of jobs in a database: SQLite in the fleet's home, or PostgreSQL for several machines."""
