"""Every workbook of the corpus, adopted and refreshed (`make corpus`)."""
