//! Forms and their states: value types that the policy, the workflow and every form share.

use crate::text_enum::text_enum;

text_enum! {
    /// A form (biểu mẫu) that units submit.
    pub enum FormCode {
        /// Dossier statistics (biểu 06 and companions: tình hình giải quyết thủ tục hành chính).
        DossierStatistics = "DOSSIER_STATISTICS",
    }
}

text_enum! {
    /// The state of a submission (trạng thái báo cáo).
    pub enum State {
        /// Being written (đang nhập liệu).
        Draft = "DRAFT",
        /// Sent and locked (đã gửi chờ duyệt).
        Submitted = "SUBMITTED",
        /// Sent back with a reason, to be corrected (yêu cầu chỉnh lý).
        Returned = "RETURNED",
        /// Accepted: its figures count (đã duyệt).
        Accepted = "ACCEPTED",
        /// Accepted once, and a later edition was accepted since (đã có bản thay thế).
        Superseded = "SUPERSEDED",
    }
}
