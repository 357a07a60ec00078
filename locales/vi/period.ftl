period-invalid = "{ $code }" không phải là kỳ báo cáo của lịch này. Ví dụ: 2026-M03, 2026-Q1, 2026-H1, 2026-9M, 2026.
