"""Issued reports as people read them: tables on the terminal, a page of HTML, and a workbook."""
