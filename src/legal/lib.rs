//! Legal documents (văn bản; plan II.1): the register with what one document does to another, campaigns of review
//! (đợt rà soát), and consultations of people on drafts (lấy ý kiến Nhân dân; plan III.2).
//!
//! ```text
//!               decide
//!   PROPOSED ───────────► CONFIRMED ─► outcome PENDING, DONE or REJECTED
//!     ▲   └─► RETURNED ◄──────┘
//!     └─ save ──┘
//! ```
//!
//! When a document ends is not typed in: [`validity`] works it out from what the documents say of each other, and the
//! answer is stored beside each of them. The register's measures follow from it ([`figures`]).
//!
//! Source: domain facts 1.1 (II.1.a.3), 1.2; Luật Ban hành văn bản quy phạm pháp luật 64/2025/QH15 (not verified).

pub mod figures;
pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;
pub mod validity;

use kernel::text_enum::text_enum;

/// The target whose leader keeps the register.
pub const TARGET: &str = "II.1.a.3";
/// The task whose leader keeps it where nobody leads the target.
pub const TASK: &str = "II.1.b.1-1";

text_enum! {
    /// The kind of a document (loại văn bản).
    pub enum LegalDocumentKind {
        /// Law (luật); normative, of the centre.
        Law = "LAW",
        /// Ordinance (pháp lệnh); normative, of the centre.
        Ordinance = "ORDINANCE",
        /// Decree (nghị định); normative, of the centre.
        Decree = "DECREE",
        /// Circular (thông tư); normative, of the centre.
        Circular = "CIRCULAR",
        /// Resolution (nghị quyết); normative or not.
        Resolution = "RESOLUTION",
        /// Decision (quyết định); normative or not.
        Decision = "DECISION",
        /// Directive (chỉ thị); administrative.
        Directive = "DIRECTIVE",
        /// Plan (kế hoạch); administrative.
        Plan = "PLAN",
        /// Programme (chương trình); administrative.
        Programme = "PROGRAMME",
        /// Guidance (hướng dẫn); administrative.
        Guidance = "GUIDANCE",
        /// Official letter (công văn); administrative.
        OfficialLetter = "OFFICIAL_LETTER",
        /// Notice (thông báo); administrative.
        Notice = "NOTICE",
        /// Another administrative document (văn bản hành chính khác).
        Other = "OTHER",
    }
}

text_enum! {
    /// The level that issued a document (cấp ban hành).
    pub enum LegalIssuerLevel {
        /// The ward: People's Council, People's Committee (phường).
        Ward = "WARD",
        /// The city, its departments among it (thành phố).
        City = "CITY",
        /// The nation (trung ương).
        Central = "CENTRAL",
    }
}

text_enum! {
    /// The field of a document (lĩnh vực).
    pub enum LegalField {
        /// Land, resources, compensation, site clearance (đất đai, tài nguyên, bồi thường, giải phóng mặt bằng).
        Land = "LAND",
        /// Planning and construction (quy hoạch, xây dựng).
        Construction = "CONSTRUCTION",
        /// Environment (môi trường).
        Environment = "ENVIRONMENT",
        /// Investment and business (đầu tư, kinh doanh).
        Business = "BUSINESS",
        /// Finance, budget, public assets (tài chính, ngân sách, tài sản công).
        Finance = "FINANCE",
        /// Justice, civil status (tư pháp, hộ tịch).
        Justice = "JUSTICE",
        /// Home affairs, staff, administrative reform (nội vụ, cải cách hành chính).
        HomeAffairs = "HOME_AFFAIRS",
        /// Culture, sport, society (văn hóa, thể thao, xã hội).
        Culture = "CULTURE",
        /// Education and training (giáo dục, đào tạo).
        Education = "EDUCATION",
        /// Health care (y tế).
        Health = "HEALTH",
        /// Digital transformation, science and technology (chuyển đổi số, khoa học và công nghệ).
        Digital = "DIGITAL",
        /// Security, defence, order (an ninh, quốc phòng, trật tự).
        Security = "SECURITY",
        /// Another field (lĩnh vực khác).
        Other = "OTHER",
    }
}

text_enum! {
    /// What a document does to another (quan hệ giữa các văn bản).
    pub enum LegalRelationKind {
        /// Amends or supplements it: a part of it ends (sửa đổi, bổ sung).
        Amends = "AMENDS",
        /// Replaces it: it ends (thay thế).
        Replaces = "REPLACES",
        /// Repeals it: it ends (bãi bỏ).
        Repeals = "REPEALS",
        /// Repeals a part of it (bãi bỏ một phần).
        RepealsPartly = "REPEALS_PARTLY",
        /// Guides how it is carried out: nothing ends (hướng dẫn, quy định chi tiết).
        Guides = "GUIDES",
    }
}

text_enum! {
    /// Why a document is not in force any more (lý do hết hiệu lực).
    pub enum LegalEndReason {
        /// By its own words (hết thời hạn).
        Expired = "EXPIRED",
        /// Another replaced it (bị thay thế).
        Replaced = "REPLACED",
        /// Another repealed it (bị bãi bỏ).
        Repealed = "REPEALED",
    }
}

text_enum! {
    /// How a document stands on a day (tình trạng hiệu lực).
    pub enum LegalStatus {
        /// Its first day of effect has not come (chưa có hiệu lực).
        NotYetInForce = "NOT_YET_IN_FORCE",
        /// In force (còn hiệu lực).
        InForce = "IN_FORCE",
        /// In force, but for a part (hết hiệu lực một phần).
        PartlyExpired = "PARTLY_EXPIRED",
        /// Not in force any more (hết hiệu lực toàn bộ).
        Expired = "EXPIRED",
    }
}

text_enum! {
    /// What a review found (kết quả rà soát).
    pub enum LegalFinding {
        /// Nothing to change (phù hợp).
        None = "NONE",
        /// It overlaps with others (chồng chéo).
        Overlapping = "OVERLAPPING",
        /// It contradicts others (mâu thuẫn).
        Contradictory = "CONTRADICTORY",
        /// It is against the law (trái pháp luật).
        Unlawful = "UNLAWFUL",
        /// What it rests on has ended (hết hiệu lực).
        Expired = "EXPIRED",
        /// It does not suit any more (không còn phù hợp).
        Unsuitable = "UNSUITABLE",
    }
}

text_enum! {
    /// What a review proposes (kiến nghị xử lý).
    pub enum LegalProposal {
        /// Keep it as it is (giữ nguyên).
        Keep = "KEEP",
        /// Amend it (sửa đổi, bổ sung).
        Amend = "AMEND",
        /// Replace it (thay thế).
        Replace = "REPLACE",
        /// Repeal it (bãi bỏ).
        Repeal = "REPEAL",
    }
}

text_enum! {
    /// The state of a review of a document (trạng thái kết quả rà soát).
    pub enum LegalReviewState {
        /// Written by the unit, and not confirmed yet (chờ xác nhận).
        Proposed = "PROPOSED",
        /// Confirmed: it counts (đã xác nhận).
        Confirmed = "CONFIRMED",
        /// Returned to be mended (yêu cầu làm lại).
        Returned = "RETURNED",
    }
}

text_enum! {
    /// What became of a proposal (kết quả xử lý kiến nghị).
    pub enum LegalOutcome {
        /// Nothing yet (chưa xử lý).
        Pending = "PENDING",
        /// Done by another document (đã xử lý).
        Done = "DONE",
        /// Rejected by whom it went to, with a reason (không được chấp nhận).
        Rejected = "REJECTED",
    }
}

text_enum! {
    /// Who gave an opinion on a draft (đối tượng góp ý).
    pub enum OpinionSource {
        /// Residents (người dân).
        Resident = "RESIDENT",
        /// Enterprises and cooperatives (doanh nghiệp, hợp tác xã).
        Enterprise = "ENTERPRISE",
        /// The Fatherland Front and its member organisations (MTTQ, tổ chức chính trị - xã hội).
        FrontOrganisation = "FRONT_ORGANISATION",
        /// Agencies and units (cơ quan, đơn vị).
        Agency = "AGENCY",
        /// Others: experts, press (khác).
        Other = "OTHER",
    }
}

text_enum! {
    /// What a unit answers to an opinion (tiếp thu, giải trình).
    pub enum OpinionResponse {
        /// Taken up (tiếp thu).
        Accepted = "ACCEPTED",
        /// Taken up in part, with an explanation (tiếp thu một phần).
        PartlyAccepted = "PARTLY_ACCEPTED",
        /// Not taken up, with an explanation (giải trình, không tiếp thu).
        NotAccepted = "NOT_ACCEPTED",
    }
}

text_enum! {
    /// How a consultation stands on a day (trạng thái lấy ý kiến).
    pub enum ConsultationState {
        /// Its first day has not come (chưa mở).
        Planned = "PLANNED",
        /// People may say what they think (đang lấy ý kiến).
        Open = "OPEN",
        /// Its last day is over; opinions are answered (đang tổng hợp, giải trình).
        Ended = "ENDED",
        /// Closed with a conclusion (đã kết thúc).
        Closed = "CLOSED",
    }
}
