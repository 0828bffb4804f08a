"""Whether an agent takes new work now, as said by the agent; a stream for each agent."""
