period-invalid = "{ $code }" is no period of this calendar. Examples: 2026-M03, 2026-Q1, 2026-H1, 2026-9M, 2026.
