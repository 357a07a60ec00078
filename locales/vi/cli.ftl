kind-account = tài khoản
cli-bad-username = "{ $username }" không phải tên đăng nhập: từ 2 đến 64 ký tự gồm a-z, 0-9, dấu chấm, gạch dưới, gạch ngang và @.
cli-username-taken = Đã có tài khoản "{ $username }".
cli-grant-ends-before-it-begins = Ngày kết thúc phân quyền trước ngày bắt đầu.
