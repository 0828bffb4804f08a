"""The commands to procedures, their list, and what a definition would have started."""
