//! The mutations of the register of procedures.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::Procedure;
use crate::procedure::input::{Given, ProcedureInput};
use crate::procedure::service;
use crate::procedure::service::{ImportRequest, Source, WithdrawRequest};
use crate::procedure::store;
use access::policy::{Action, roles_for};
use kernel::error::ApiError;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload;
use kit::payload::{UserErrorObject, split};

/// Procedures to import: a list, or the text of a file.
#[derive(async_graphql::OneofObject)]
pub enum ProceduresInput {
    /// A list of procedures; at most 5,000.
    List(Vec<ProcedureInput>),
    /// A CSV file (RFC 4180, UTF-8) with a header line; the columns stand in docs/importing-procedures.md.
    Csv(String),
    /// JSON lines: on each line one procedure, written as an element of `list` is.
    JsonLines(String),
}

/// What to import.
#[derive(InputObject)]
pub struct ImportProceduresInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that manages these procedures.
    pub organisation: String,
    /// The procedures.
    pub procedures: ProceduresInput,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of an import: all of it or nothing.
#[derive(rows::RowObject)]
pub struct ImportProceduresPayload {
    /// How many procedures were new.
    pub created: u32,
    /// How many lines began a further version of a procedure.
    pub new_versions: u32,
    /// How many lines corrected a version.
    pub changed: u32,
    /// How many lines said what stands there already.
    pub unchanged: u32,
    /// How many lines were refused, each with its reasons in `userErrors`; then nothing was written.
    pub refused: u32,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Which version to withdraw.
#[derive(InputObject)]
pub struct WithdrawProcedureVersionInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The procedure's code.
    pub code: String,
    /// The version's first day.
    pub effective_from: NaiveDate,
    /// Why; 1 to 2,000 characters.
    pub reason: String,
    /// The procedure's version that the caller has seen.
    pub expected_version: i32,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What is left.
#[derive(rows::RowObject)]
pub struct WithdrawProcedureVersionPayload {
    /// The procedure as it stands today; null when something must be mended, or on a dry run.
    pub procedure: Option<Procedure>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Changing the register of procedures.
#[derive(Default)]
pub struct ProcedureMutation;

/// Changing the register of procedures.
#[rows::row_object]
impl ProcedureMutation {
    /// Enters procedures and their versions, idempotent by code and first day (nhập danh mục thủ tục hành
    /// chính): new procedures, amendments, abolitions, flags that change on a day. All or none; a second import
    /// of the same changes nothing.
    #[graphql(directive = requires::apply(Action::ImportProcedures, roles_for(Action::ImportProcedures)))]
    async fn import_procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to import.")] input: ImportProceduresInput,
    ) -> Result<ImportProceduresPayload> {
        let procedures = match input.procedures {
            ProceduresInput::List(list) => Source::List(
                list.into_iter()
                    .enumerate()
                    .map(|(index, input)| Given { line: u32::try_from(index + 1).unwrap_or(u32::MAX), input })
                    .collect(),
            ),
            ProceduresInput::Csv(text) => Source::Csv(text),
            ProceduresInput::JsonLines(text) => Source::JsonLines(text),
        };
        let wanted = ImportRequest {
            programme: input.programme,
            organisation: input.organisation,
            procedures,
            dry_run: input.dry_run,
        };
        let outcome = service::import(ctx.app()?, ctx.request()?, wanted).await?;
        let refused = service::refused(&outcome);
        let (done, user_errors) = split(outcome, ctx.language());
        let done = done.unwrap_or_default();
        Ok(ImportProceduresPayload {
            created: payload::lines(done.created),
            new_versions: payload::lines(done.new_versions),
            changed: payload::lines(done.changed),
            unchanged: payload::lines(done.unchanged),
            refused: payload::lines(refused),
            user_errors,
        })
    }

    /// Withdraws a version that was entered by mistake (thu hồi phiên bản nhập nhầm): it counts for nothing any
    /// more, and the version before goes on in its place. The journal keeps what it said.
    #[graphql(directive = requires::apply(Action::ImportProcedures, roles_for(Action::ImportProcedures)))]
    async fn withdraw_procedure_version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version, and why.")] input: WithdrawProcedureVersionInput,
    ) -> Result<WithdrawProcedureVersionPayload> {
        let app = ctx.app()?;
        let dry_run = input.dry_run;
        let wanted = WithdrawRequest {
            programme: input.programme,
            code: input.code,
            effective_from: input.effective_from,
            reason: input.reason,
            expected_version: input.expected_version,
            dry_run,
        };
        let outcome = service::withdraw(app, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let procedure = match done.filter(|_| !dry_run) {
            None => None,
            Some(row) => {
                let today = app.clock.today();
                let found = store::by_ids(app.db.read(), &ctx.viewer()?, vec![row.id], today).await?.pop();
                Some(Procedure(Arc::new(found.ok_or_else(|| ApiError::internal("a procedure without versions"))?)))
            }
        };
        Ok(WithdrawProcedureVersionPayload { procedure, user_errors })
    }
}
