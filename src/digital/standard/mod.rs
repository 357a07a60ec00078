//! Upkeep of TCVN ISO 18091:2020 at the ward (duy trì áp dụng hệ thống quản lý chất lượng; plan II.6.b.6): audits, what they
//! found and what became of it, certificates with their days.
//!
//! A unit says that a finding is remedied; it is closed once the standing body, or the lead of the task, confirms that.

pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// What an audit is for (loại đánh giá).
    pub enum AuditKind {
        /// By the ward itself (đánh giá nội bộ).
        Internal = "INTERNAL",
        /// To be certified (đánh giá chứng nhận).
        Certification = "CERTIFICATION",
        /// To stay certified (đánh giá giám sát).
        Surveillance = "SURVEILLANCE",
    }
}

text_enum! {
    /// How grave a finding is (mức độ).
    pub enum FindingSeverity {
        /// A major nonconformity (không phù hợp nặng).
        Major = "MAJOR",
        /// A minor nonconformity (không phù hợp nhẹ).
        Minor = "MINOR",
        /// An observation (khuyến nghị).
        Observation = "OBSERVATION",
    }
}

text_enum! {
    /// What became of a finding, by its days (tình trạng khắc phục).
    pub enum FindingState {
        /// Not remedied yet (chưa khắc phục).
        Open = "OPEN",
        /// Remedied, as the unit says; not confirmed yet (đã khắc phục, chờ xác nhận).
        Remedied = "REMEDIED",
        /// Confirmed (đã đóng).
        Closed = "CLOSED",
    }
}

text_enum! {
    /// Whether a certificate holds, by its days (hiệu lực).
    pub enum CertificateState {
        /// Its first day has not come (chưa có hiệu lực).
        Pending = "PENDING",
        /// It holds (còn hiệu lực).
        Valid = "VALID",
        /// Its last day is past (hết hiệu lực).
        Expired = "EXPIRED",
        /// It was withdrawn (đã bị thu hồi).
        Withdrawn = "WITHDRAWN",
    }
}
