"""The aggregates customer and address: events, commands, states and rules."""
