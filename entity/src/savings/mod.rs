//! The score of saving recurrent expenditure: appraisals by the finance division.

pub mod savings_appraisal;
