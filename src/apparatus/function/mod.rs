//! Functions, tasks and powers of organisations (chức năng, nhiệm vụ, quyền hạn; plan II.3.a.1: rõ người, rõ việc), each
//! with the post that answers for it: a post title (chức danh), never a person.

pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// What an organisation has: a function, a task or a power (loại).
    pub enum FunctionKind {
        /// What it is there for (chức năng).
        Function = "FUNCTION",
        /// What it does (nhiệm vụ).
        Task = "TASK",
        /// What it may decide (quyền hạn).
        Power = "POWER",
    }
}

text_enum! {
    /// Whether an organisation leads in it or coordinates (vai trò).
    pub enum FunctionRole {
        /// Leads (chủ trì).
        Lead = "LEAD",
        /// Coordinates (phối hợp).
        Coordinating = "COORDINATING",
    }
}
