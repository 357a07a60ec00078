//! The score of saving recurrent expenditure (chấm điểm tiết kiệm chi thường xuyên; plan II.5.b.3, TT 129/2017/TT-BTC).
//!
//! - A unit gives itself points per component in the form `SAVINGS_SCORE` (data/forms/savings-score.toml).
//! - The finance division **appraises** them before it accepts the form: it gives points of its own, and says why where
//!   they differ. An appraisal is of the form as it stands; when that changes, another is due. Who appraised a form does
//!   not accept it.
//! - The appraised points alone are measured, and decide the band. How many there are to get, and from which share of them
//!   a band begins, are dated parameters; so are a unit's without subordinate estimate units. None of them is verified.

pub mod form;
pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// What a unit gets points for (thành phần chấm điểm; TT 129/2017/TT-BTC).
    pub enum SavingsComponent {
        /// Direction (công tác chỉ đạo, điều hành).
        Direction = "DIRECTION",
        /// Saving of the recurrent estimate, without that for the wage reform (tiết kiệm dự toán chi thường xuyên).
        Saving = "SAVING",
        /// Results of subordinate estimate units; not of a unit without any (kết quả của đơn vị dự toán trực thuộc).
        Subordinates = "SUBORDINATES",
        /// Communication and inspection (tuyên truyền, kiểm tra).
        Communication = "COMMUNICATION",
    }
}

impl SavingsComponent {
    /// The field of the form in which the unit's own points stand.
    pub fn field(self) -> &'static str {
        match self {
            SavingsComponent::Direction => "direction",
            SavingsComponent::Saving => "saving",
            SavingsComponent::Subordinates => "subordinates",
            SavingsComponent::Communication => "communication",
        }
    }
}

text_enum! {
    /// How a unit saves, by its appraised points over the most that it can get (xếp loại; TT 129/2017/TT-BTC, not verified).
    pub enum SavingsBand {
        /// Good (tốt).
        Good = "GOOD",
        /// Fair (khá).
        Fair = "FAIR",
        /// Average (trung bình).
        Average = "AVERAGE",
        /// Weak (yếu).
        Weak = "WEAK",
    }
}
