//! The programme as data (chương trình, mục tiêu, nhiệm vụ): reform areas, numeric targets per issuing
//! level, qualitative tasks, and who leads them. Where the plan is silent the lead is assigned by mutation.

pub mod graphql;
pub mod service;
pub mod store;

use crate::text_enum::text_enum;

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

text_enum! {
    /// What kind of sentence of the plan a task is (loại nhiệm vụ).
    pub enum TaskKind {
        /// An objective without a number (mục tiêu định tính).
        Objective = "OBJECTIVE",
        /// A task (nhiệm vụ).
        Task = "TASK",
        /// A solution (giải pháp).
        Solution = "SOLUTION",
        /// A duty of a unit or of all (trách nhiệm).
        Duty = "DUTY",
    }
}
