programme-unknown-section = Chương trình không có { $subject } "{ $section }".
programme-lead-outside = "{ $code }" không thuộc chương trình này.
programme-lead-twice = "{ $code }" xuất hiện hai lần trong danh sách.
programme-no-lead = Phải có ít nhất một đơn vị chủ trì.
subject-target = mục tiêu
subject-task = nhiệm vụ
indicator-as-of-and-changed-since = Chỉ dùng "asOf" hoặc "changedSince", không dùng cả hai.
parameter-not-in-force = Tham số { $code } không có giá trị vào ngày { $day }: không tính được cho thời gian đó.
