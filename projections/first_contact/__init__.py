"""First contact resolution and repeat contacts."""
