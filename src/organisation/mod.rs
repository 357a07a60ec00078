//! Organisations (cơ quan, đơn vị): a tree under each programme, with effective dates and successors.
//!
//! The tree is kept as its closure (every pair of an upper and a lower one), so that "below" is one
//! subquery in every narrowing and roll-up.

pub mod change;
pub mod graphql;
pub mod store;

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
