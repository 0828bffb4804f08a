"""Tasks: what people have to do besides tickets, with who does it and by when."""
