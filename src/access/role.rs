//! Roles and grants: never posts. Who holds which post changes by appointment; a grant says what follows.

use uuid::Uuid;

use kernel::text_enum::text_enum;

text_enum! {
    /// A role (vai trò), held on an organisation for a time.
    pub enum Role {
        /// Chairperson of the People's Committee (Chủ tịch UBND): decides; sees what was submitted.
        Chair = "CHAIR",
        /// Standing body of the programme (cơ quan thường trực, Phòng Văn hóa - Xã hội): accepts or returns every unit's submissions.
        StandingBody = "STANDING_BODY",
        /// Economy, Infrastructure and Urban Division (Phòng Kinh tế - Hạ tầng và Đô thị), for public finance.
        FinanceDept = "FINANCE_DEPT",
        /// Public Administration Service Centre (Trung tâm Phục vụ hành chính công), for procedures and dossiers.
        OneStop = "ONE_STOP",
        /// Public service centre (Trung tâm sự nghiệp công), for communication.
        PublicServiceCentre = "PUBLIC_SERVICE_CENTRE",
        /// Head of a unit (thủ trưởng đơn vị): signs what the unit submits.
        UnitHead = "UNIT_HEAD",
        /// Officer of a unit (công chức, viên chức): drafts.
        UnitOfficer = "UNIT_OFFICER",
        /// Fatherland Front and mass organisations (Mặt trận Tổ quốc và đoàn thể): oversight of accepted results.
        Oversight = "OVERSIGHT",
        /// The city (Sở Nội vụ, Văn phòng UBND thành phố): reads what was accepted.
        UpperLevel = "UPPER_LEVEL",
        /// Analytics client: reads figures of accepted submissions, nothing else.
        Analytics = "ANALYTICS",
        /// Administrator of accounts (quản trị viên): asks who may do what.
        Admin = "ADMIN",
    }
}

/// A role that is in force today, as the policy sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The organisation it is held on.
    pub organisation_id: Uuid,
    /// That organisation's code.
    pub organisation_code: String,
}
