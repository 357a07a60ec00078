//! The programme as data (chương trình, mục tiêu, nhiệm vụ): reform areas, numeric targets per issuing
//! level, qualitative tasks, and who leads them. Where the plan is silent the lead is assigned by mutation.

pub mod graphql;
pub mod policy;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

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
