"""Policy files: reading, lint and worked examples."""
