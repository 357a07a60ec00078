//! Dossier statistics of one procedure in one submission (form 06 and its companions), in dossiers unless said.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dossier_statistics_line")]
pub struct Model {
    /// The submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// The procedure.
    #[sea_orm(primary_key, auto_increment = false)]
    pub procedure_id: Uuid,
    /// Line number in the form, from 1.
    pub line: i32,
    /// Last day of the submission's period: "the latest per procedure" reads an index.
    pub period_end: Date,
    /// Whether the procedure was provided online when the line was written.
    pub online_procedure: bool,
    /// Column 4.
    pub received_online: i32,
    /// Column 5, at the counter.
    pub received_direct: i32,
    /// Column 5, by public post.
    pub received_postal: i32,
    /// Column 6, from the previous period.
    pub carried_over: i32,
    /// Column 8.
    pub resolved_early: i32,
    /// Column 9.
    pub resolved_on_time: i32,
    /// Column 10.
    pub resolved_late: i32,
    /// Column 12.
    pub pending_in_time: i32,
    /// Column 13.
    pub pending_overdue: i32,
    /// Of the resolved: refused, stopped or withdrawn.
    pub returned_or_withdrawn: i32,
    /// Of those received in the period: under the ward's own authority.
    pub own_authority: i32,
    /// Of those received in the period: components digitised.
    pub dossiers_digitised: i32,
    /// Of those received in the period: digitised components reused.
    pub components_reused: i32,
    /// Of the resolved: with a result issued.
    pub results_issued: i32,
    /// Of those: result digitised.
    pub results_digitised: i32,
    /// Of those received in the period: with a financial obligation.
    pub fee_dossiers: i32,
    /// Of those: paid online.
    pub fee_dossiers_paid_online: i32,
    /// Payment transactions.
    pub payment_transactions: i32,
    /// Of those: online.
    pub payment_transactions_online: i32,
    /// Of the resolved: received online.
    pub resolved_online: i32,
    /// Of those pending in time: received online.
    pub pending_online_in_time: i32,
    /// Of those pending overdue: received online.
    pub pending_online_overdue: i32,
    /// Of those received in the period: synchronised to the National Public Service Portal.
    pub synchronised: i32,
    /// Of those that reuse digitised components: from the national portal's store.
    pub components_reused_national: i32,
    /// Of those paid online: through the national portal.
    pub fee_dossiers_paid_national: i32,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
