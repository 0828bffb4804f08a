"""The absences of agents, as they or their telephone said."""
