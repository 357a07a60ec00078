//! Words about organisations that everything uses: their kinds, and what they have to do with the plan.

use crate::text_enum::text_enum;

text_enum! {
    /// The kind of an organisation (loại tổ chức).
    pub enum OrganisationKind {
        /// People's Committee of the city (UBND thành phố).
        CityPeoplesCommittee = "CITY_PEOPLES_COMMITTEE",
        /// People's Committee of the ward (UBND phường).
        WardPeoplesCommittee = "WARD_PEOPLES_COMMITTEE",
        /// Specialised division (phòng chuyên môn).
        Division = "DIVISION",
        /// Office (văn phòng).
        Office = "OFFICE",
        /// Public administration service centre (trung tâm phục vụ hành chính công).
        OneStopCentre = "ONE_STOP_CENTRE",
        /// Public service unit (đơn vị sự nghiệp công lập).
        PublicServiceUnit = "PUBLIC_SERVICE_UNIT",
        /// School (trường học).
        School = "SCHOOL",
        /// Health station (trạm y tế).
        HealthStation = "HEALTH_STATION",
        /// Residential group (tổ dân phố).
        ResidentialGroup = "RESIDENTIAL_GROUP",
        /// Political or mass organisation (Mặt trận, đoàn thể).
        PoliticalOrg = "POLITICAL_ORG",
    }
}

/// The kinds of organisations that are public service units.
pub const PUBLIC_SERVICE_KINDS: [OrganisationKind; 3] =
    [OrganisationKind::PublicServiceUnit, OrganisationKind::School, OrganisationKind::HealthStation];

text_enum! {
    /// What a lead is assigned for (đối tượng phân công).
    pub enum LeadSubject {
        /// A numeric target (mục tiêu).
        Target = "TARGET",
        /// A task (nhiệm vụ).
        Task = "TASK",
    }
}

text_enum! {
    /// What a unit has to do with a target or a task (vai trò thực hiện).
    pub enum LeadRole {
        /// Leads (chủ trì).
        Lead = "LEAD",
        /// Coordinates (phối hợp).
        Coordinating = "COORDINATING",
    }
}
