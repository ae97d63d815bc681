// Columns
